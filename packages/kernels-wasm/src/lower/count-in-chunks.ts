/**
 * Counts a binary layer's pixels in chunks. Each chunk computes the counts of all outputs and then the epilogue, so a step's results are
 * still in the cache when the next step reads them.
 */

import type { BitWeights } from '@onebit/core/compile'
import { divideWork, longestShare } from '../program/divide-work.ts'
import { tableObstacle } from '../weights/table-weights.ts'
import { type CountingMethod, countBytesOf, roomFor } from './counting-method.ts'
import { countsDepthwise, depthwiseCounting } from './depthwise-counting.ts'
import type { Epilogue } from './epilogue.ts'
import type { LayerGeometry } from './layer-geometry.ts'
import type { LayerKernel, LoweringScope } from './lowering.ts'
import { popcountCounting } from './popcount-counting.ts'
import { tableCounting } from './table-counting.ts'

/** With fewer pairs, the kernel would read the weights too often. */
const LEAST_PAIRS = 3

/** The best way to count a layer, and the reason if tables were requested but do not fit. */
export function chooseCounting(
  context: LoweringScope,
  layer: LayerGeometry,
  weights: BitWeights,
): { readonly counting: CountingMethod; readonly reason?: string } {
  if (countsDepthwise(weights, layer.groups)) return { counting: depthwiseCounting(context, layer, weights) }
  if (context.tiles.length === 0) return { counting: popcountCounting(context, layer, weights) }
  const reason = tableObstacle(weights, layer.groups)
  return { counting: (reason ? popcountCounting : tableCounting)(context, layer, weights), reason }
}

/**
 * Adds the steps of a layer.
 * @param epilogueFor Makes the epilogue, given the number of pixels of a chunk.
 */
export function countInChunks(
  context: LoweringScope,
  layer: LayerGeometry,
  weights: BitWeights,
  epilogueFor: (pixels: number) => Epilogue,
): LayerKernel {
  const { builder } = context
  const { counting, reason } = chooseCounting(context, layer, weights)
  const { groups, pairs } = counting
  const outputs = weights.outputs / groups
  const countBytes = countBytesOf(outputs)
  const chunks = divideWork(layer.pixels, { unit: 2, most: pairs, least: LEAST_PAIRS }, builder.threads)
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
  return { kernel: counting.name, reason, isChosen: counting.isChosen && !reason }
}
