/** Depthwise binary convolution: pixels in chunks, each counts for all channels and then the epilogue. */
import { bitRowBytes } from '../program/value.ts'
import { type BitKernel, layOutDepthwise } from '../weights/bit-kernel.ts'
import { VECTOR } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import type { LoweringContext } from './context.ts'
import type { Epilogue } from './epilogue.ts'
import { outsideRow } from './panel.ts'

/** Pixels whose counts are kept at a time. */
const CHUNK = 64
/** Fewer pixels are not worth a task. */
const LEAST_PIXELS = 8
/** Taps that the kernel's bytes can count. */
const MOST_TAPS = 255

export function isDepthwise({ outputs, taps, channels }: BitKernel, groups: number): boolean {
  return groups > 1 && channels === 1 && outputs === groups && taps <= MOST_TAPS
}

/**
 * Adds the steps of a depthwise layer, and returns the kernel's name.
 * @param epilogueFor Given the pixels of a chunk, what to do with its counts.
 */
export function lowerDepthwise(
  { builder, inputs }: LoweringContext,
  { geometry, window, inputWidth, outputWidth, pixels, paddingValue }: BinaryLayer,
  kernel: BitKernel,
  epilogueFor: (chunk: number) => Epilogue,
): string {
  const { outputs } = kernel
  const countBytes = Math.ceil(outputs / VECTOR) * VECTOR * 2
  const chunk = Math.min(CHUNK, Math.max(LEAST_PIXELS, Math.ceil(pixels / (2 * builder.threads))))
  const counts = builder.scratch(chunk * countBytes)
  const bases = builder.scratch(2 * chunk)
  const pointers = builder.scratch(8 * kernel.taps)
  const [weights, rows, columns] = [layOutDepthwise(kernel), geometry.rows, geometry.columns].map((data) =>
    builder.constant(data),
  )
  const row = outsideRow(paddingValue, outputs)
  const outside = row ? builder.constant(row) : 0
  const epilogue = epilogueFor(chunk)
  builder.parallel(Math.ceil(pixels / chunk), (index) => {
    const from = index * chunk
    const to = Math.min(from + chunk, pixels)
    const sizes = [bitRowBytes(outputs), inputWidth, outputWidth, ...window, outputs, countBytes, from, to]
    builder.call('depthwiseCounts', inputs[0].buffer, counts, bases, weights, rows, columns, pointers, outside, ...sizes)
    epilogue.emit({ counts, bases, countBytes, outputs, firstOutput: 0, from, to })
  })
  return 'depthwise'
}
