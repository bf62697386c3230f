/** Binary convolution by popcount: pixels in chunks, each counts for all outputs and then the epilogue, as for the table kernel. */
import type { PaddingValue } from '@onebit/core'
import { offsetBy } from '../program/program-builder.ts'
import { bitRowBytes, channelsOf } from '../program/value.ts'
import { type BitKernel, layOutPopcount, popcountGroupBytes, popcountRowBytes } from '../weights/bit-kernel.ts'
import { VECTOR } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type LoweringContext, outputBuffer } from './context.ts'
import type { Epilogue } from './epilogue.ts'

/** The kernel's name. */
export const POPCOUNT = 'popcount'

/** Pixels whose counts are kept at a time. */
const CHUNK = 64
/** Fewer pixels are not worth a task. */
const LEAST_PIXELS = 8

/** How the kernels are told what a tap outside the input reads. */
const OUTSIDE: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': 2 }

/** What the popcount kernels are given of a layer. */
function prepare(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel) {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, groups, paddingValue } = layer
  const weights = builder.constant(layOutPopcount(kernel, groups))
  return {
    input: inputs[0].buffer,
    groupWeights: (group: number) => offsetBy(weights, group * popcountGroupBytes(kernel, groups)),
    places: [builder.constant(geometry.rows), builder.constant(geometry.columns), builder.scratch(2 * popcountRowBytes(kernel))],
    sizes: [bitRowBytes(channelsOf(inputs[0])), inputWidth, outputWidth, ...window, kernel.channels],
    outputs: kernel.outputs / groups,
    outside: OUTSIDE[paddingValue],
  }
}

/**
 * Adds the steps of a layer whose sums fit the epilogue, and returns the kernel's name.
 * @param epilogueFor Given the pixels of a chunk, what to do with its counts.
 */
export function lowerPopcount(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  epilogueFor: (chunk: number) => Epilogue,
): string {
  const { builder } = context
  const { pixels, groups } = layer
  const { input, groupWeights, places, sizes, outputs, outside } = prepare(context, layer, kernel)
  const countBytes = Math.ceil(outputs / VECTOR) * VECTOR * 2
  const chunk = Math.min(CHUNK, Math.max(LEAST_PIXELS, Math.ceil(pixels / (2 * builder.threads))))
  const counts = builder.scratch(chunk * countBytes)
  const bases = builder.scratch(2 * chunk)
  const epilogue = epilogueFor(chunk)
  builder.parallel(Math.ceil(pixels / chunk), (index) => {
    const from = index * chunk
    const to = Math.min(from + chunk, pixels)
    for (let group = 0; group < groups; group++) {
      const numbers = [...sizes, group * kernel.channels, outputs, countBytes, outside, from, to]
      builder.call('popcountCounts', input, counts, bases, groupWeights(group), ...places, ...numbers)
      epilogue.emit({ counts, bases, countBytes, outputs, firstOutput: group * outputs, from, to })
    }
  })
  return POPCOUNT
}

/** Adds the steps of a layer whose sums need 32 bits. */
export function lowerLongSums(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): Lowered {
  const { builder } = context
  const { input, groupWeights, places, sizes, outputs, outside } = prepare(context, layer, kernel)
  const buffer = outputBuffer(context)
  builder.split(layer.pixels, 1, LEAST_PIXELS, (from, to) => {
    for (let group = 0; group < layer.groups; group++) {
      const output = offsetBy(buffer, 4 * (from * kernel.outputs + group * outputs))
      const numbers = [...sizes, group * kernel.channels, outputs, 4 * kernel.outputs, outside, from, to]
      builder.call('popcountSums', input, output, groupWeights(group), ...places, ...numbers)
    }
  })
  return { buffer, kernel: 'popcount in 32 bits' }
}
