/** Integer weights as assembly/integer-conv.ts reads them. */
import type { IntegerWeights } from '@onebit/core/compile'

/** Outputs of a register tile. */
export const BLOCK = 16

/** `[block of 16 outputs][step][output][lane]`, as int16 with 2 values a step or as int8 with 4, filled up with zeros. */
export function layOutIntegers(
  { values, depth, outputs }: IntegerWeights,
  Lanes: typeof Int16Array | typeof Int8Array,
): Int16Array | Int8Array {
  const lanes = 4 / Lanes.BYTES_PER_ELEMENT
  const steps = Math.ceil(depth / lanes)
  const result = new Lanes(Math.ceil(outputs / BLOCK) * steps * BLOCK * lanes)
  for (let i = 0; i < depth; i++) {
    for (let output = 0; output < outputs; output++) {
      const vector = Math.floor(output / BLOCK) * steps + Math.floor(i / lanes)
      result[(vector * BLOCK + (output % BLOCK)) * lanes + (i % lanes)] = values[i * outputs + output]
    }
  }
  return result
}
