/**
 * A binary layer's pixels in chunks: counts for all outputs and then the epilogue, so that what a step leaves is still in the cache when
 * the next one reads it.
 */

import { longestShare, shareOut } from '../program/share-out.ts'
import type { BitKernel } from '../weights/bit-kernel.ts'
import { tableObstacle } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import type { Lowered, LoweringContext } from './context.ts'
import { type CountingKernel, countBytesOf, roomFor } from './counting-kernel.ts'
import { depthwiseKernel, isDepthwise } from './depthwise-convolution.ts'
import type { Epilogue } from './epilogue.ts'
import { popcountKernel } from './popcount-convolution.ts'
import { tableKernel } from './table-convolution.ts'

/** Fewer pairs read the weights too often. */
const LEAST_PAIRS = 3

/** The kernel that suits a layer, and why tables do not where they were to be used. */
export function chooseCounting(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
): { readonly counting: CountingKernel; readonly reason?: string } {
  if (isDepthwise(kernel, layer.groups)) return { counting: depthwiseKernel(context, layer, kernel) }
  if (context.tiles.length === 0) return { counting: popcountKernel(context, layer, kernel) }
  const reason = tableObstacle(kernel, layer.groups)
  return { counting: (reason ? popcountKernel : tableKernel)(context, layer, kernel), reason }
}

/**
 * Adds the steps of a layer.
 * @param epilogueFor Given the pixels of a chunk, what to do with its counts.
 */
export function countInChunks(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  epilogueFor: (pixels: number) => Epilogue,
): Pick<Lowered, 'kernel' | 'reason'> {
  const { builder } = context
  const { counting, reason } = chooseCounting(context, layer, kernel)
  const { groups, pairs } = counting
  const outputs = kernel.outputs / groups
  const countBytes = countBytesOf(outputs)
  const chunks = shareOut(layer.pixels, { unit: 2, most: pairs, least: LEAST_PAIRS }, builder.threads)
  const pixels = roomFor(longestShare(chunks))
  const counts = { buffer: builder.scratch(pixels * countBytes), offset: 0 }
  const counter = counting.prepare(builder.scratch(counting.scratchBytes(pixels)), pixels)
  const bases = { buffer: builder.scratch(2 * pixels), offset: 0 }
  const epilogue = epilogueFor(pixels)
  builder.parallel(chunks, (from, to) => {
    for (let group = 0; group < groups; group++) {
      counter.count(group, { from, to, counts, bases, step: 1 })
      epilogue.emit({
        ...{ counts, countBytes, outputs, from, to },
        ...{ bases: counter.base ?? bases, baseBytes: counter.base ? 0 : 2, firstOutput: group * outputs },
      })
    }
  })
  return { kernel: counting.name, reason }
}
