/**
 * Runs a transposed binary layer as sub-convolutions. Their counts for some rows are interleaved in the order of the output's pixels. So
 * the epilogue gets whole rows of the output, and every follower of a convolution can follow this one.
 *
 * Within a chunk, output rows with the same remainder modulo the stride are neighbors. So the pixels of a sub-convolution lie at even
 * distances from its first row to its last, and one call counts them.
 */
import { type BitWeights, cutIntoSubConvolutions, pickBitTaps, subConvolutionSize } from '@onebit/core/compile'
import type { Place } from '../program/buffer.ts'
import { divideWork, longestShare } from '../program/divide-work.ts'
import { chooseCounting } from './count-in-chunks.ts'
import { countBytesOf, roomFor } from './counting-method.ts'
import type { Epilogue } from './epilogue.ts'
import type { LayerGeometry } from './layer-geometry.ts'
import type { LayerKernel, LoweringScope } from './lowering.ts'

/** Bytes of counts that stay in the second-level cache until the epilogue reads them. */
const COUNT_BUDGET = 256 * 1024

/**
 * Adds the steps of a layer that has `transposed`.
 * @param epilogueFor Makes the epilogue, given the most pixels in a chunk of counts.
 */
export function countSubConvolutions(
  context: LoweringScope,
  layer: LayerGeometry,
  weights: BitWeights,
  epilogueFor: (pixels: number) => Epilogue,
): LayerKernel {
  const { builder } = context
  const { outputs } = weights
  const { outputWidth, transposed } = layer
  const { strides } = transposed!
  const output = [layer.pixels / outputWidth, outputWidth]
  const [rows, width] = subConvolutionSize(output, strides)
  const parts = cutIntoSubConvolutions(context.inputs[0].shape, output, layer.window, transposed!)
  const reached = parts
    .filter(({ taps }) => taps.length > 0)
    .map(({ taps, window, geometry, first }) => {
      const part = { ...layer, window, geometry, outputWidth: width, pixels: rows * width }
      return { first, ...chooseCounting(context, part, pickBitTaps(weights, taps)) }
    })
  const countings = reached.map(({ counting }) => counting)

  const countBytes = countBytesOf(outputs)
  /** Distance in a row from each pixel of a part to its next. */
  const step = Math.min(strides[1], outputWidth)
  /** Output pixels per pixel of a part. */
  const share = Math.min(strides[0], output[0]) * step
  const pairs = Math.min(COUNT_BUDGET / (2 * share * countBytes), ...countings.map((counting) => counting.pairs))
  const chunks = divideWork(rows, { unit: 1, most: Math.max(1, Math.floor((2 * pairs) / width)) }, builder.threads)
  /** Pixels of a part in a chunk. */
  const pixels = roomFor(longestShare(chunks) * width)
  const counts = builder.scratch(pixels * share * countBytes)
  const bases = builder.scratch(pixels * share * 2)
  const scratch = builder.scratch(Math.max(0, ...countings.map((counting) => counting.scratchBytes(pixels))))
  const counters = reached.map(({ first, counting }) => ({ first, counter: counting.prepare(scratch, pixels) }))
  const epilogue = epilogueFor(outputWidth)
  const placesOf = (remainder: number, row: number, column: number): { counts: Place; bases: Place } => {
    const pixel = (remainder * pixels + row * width) * step + column
    return { counts: { buffer: counts, offset: pixel * countBytes }, bases: { buffer: bases, offset: 2 * pixel } }
  }
  builder.parallel(chunks, (from, to) => {
    if (reached.length < parts.length) {
      builder.call('clear', counts, pixels * share * countBytes)
      builder.call('clear', bases, pixels * share * 2)
    }
    for (const { first, counter } of counters) {
      counter.count(0, { from: from * width, to: to * width, ...placesOf(first[0], 0, first[1]), step })
    }
    for (let row = from * strides[0]; row < Math.min(to * strides[0], output[0]); row++) {
      const places = placesOf(row % strides[0], Math.floor(row / strides[0]) - from, 0)
      epilogue.emit({
        ...places,
        ...{ baseBytes: 2, countBytes, outputs, firstOutput: 0 },
        ...{ from: row * outputWidth, to: (row + 1) * outputWidth },
      })
    }
  })
  const [first] = reached
  const kernel = `${first?.counting.name ?? 'none'}, in ${parts.length} sub-convolutions`
  return { kernel, reason: first?.reason, isChosen: first?.counting.isChosen && !first.reason }
}
