/** Real weights by blocks of 4 outputs. */
import type { RealWeights } from '@onebit/core/compile'
import { BLOCK } from './block-tables.ts'

/** `[tap][channel][group][block][4]`, with zeros at the end of each group's last block. */
export function layOutRealBlocks({ values, taps, channels, outputs }: RealWeights, groups: number): Float32Array {
  const groupOutputs = outputs / groups
  const padded = Math.ceil(groupOutputs / BLOCK) * BLOCK
  const rows = taps * channels
  const result = new Float32Array(Math.max(1, rows) * groups * padded)
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < groups; group++) {
      const from = row * outputs + group * groupOutputs
      result.set(values.subarray(from, from + groupOutputs), (row * groups + group) * padded)
    }
  }
  return result
}
