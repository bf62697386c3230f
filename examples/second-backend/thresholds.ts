/** Turns sums into bits by comparing integers, so no sum is ever rounded. */
import type { NodeOf, TypedGraph } from '@onebit/core'
import { layOutFirst, layOutThresholds } from '@onebit/core/compile'
import { type BitRows, emptyRows } from './bit-rows.ts'

/** Packs the sums of a batch. */
export type Packing = (sums: Int32Array, batch: number) => BitRows

export function prepareThreshold(node: NodeOf<'threshold'>, { graph, types }: TypedGraph): Packing {
  const type = types.get(node.name)!
  const channels = type.shape.at(-1)!
  const [thresholds, first] = [node.tensors.thresholds, node.tensors.first].map((name) => graph.tensors.get(name)!)
  const steps = thresholds.shape[1]
  const table = layOutThresholds(thresholds.data as Float32Array, { steps, channels, integers: true })
  const signs = layOutFirst(first.data as Uint8Array, first.shape[0], channels)
  return (sums, batch) => {
    const rows = emptyRows(type, batch)
    for (let i = 0; i < sums.length; i++) {
      const channel = i % channels
      let bit = (signs[channel >> 3] >> (channel & 7)) & 1
      for (let step = 0; step < steps; step++) if (sums[i] >= table[step * channels + channel]) bit ^= 1
      rows.words[((i - channel) / channels) * rows.rowWords + (channel >> 5)] |= bit << (channel & 31)
    }
    return rows
  }
}
