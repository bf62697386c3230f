/** Integer weights of a stem by blocks of 4 outputs. */
import { type IntegerWeights, type StemConstants, weightSums } from '@onebit/core/compile'
import { BLOCK } from './block-tables.ts'

/** Channels of a word. */
export const LANES = 4

/** `[tap][word of 4 channels][block][4 outputs]`: a word has the weights of 4 channels as int8. The rest is zeros. */
export function layOutIntegerBlocks({ values, depth, outputs }: IntegerWeights, channels: number): Uint32Array {
  const padded = Math.ceil(outputs / BLOCK) * BLOCK
  const words = Math.ceil(channels / LANES)
  const taps = depth / channels
  const bytes = new Int8Array(Math.max(1, taps * words) * padded * LANES)
  for (let row = 0; row < depth; row++) {
    const [tap, channel] = [Math.floor(row / channels), row % channels]
    for (let output = 0; output < outputs; output++) {
      const word = (tap * words + Math.floor(channel / LANES)) * padded + output
      bytes[word * LANES + (channel % LANES)] = values[row * outputs + output]
    }
  }
  return new Uint32Array(bytes.buffer)
}

/** `[scale, bias, slope, sum of the weights][block][4 outputs]` as bits. The sums are integers. */
export function layOutStemConstants(weights: IntegerWeights, { scales, bias, slope }: StemConstants): Uint32Array {
  const padded = Math.ceil(weights.outputs / BLOCK) * BLOCK
  const floats = new Float32Array(4 * padded)
  for (const [table, values] of [scales, bias, slope].entries()) floats.set(values, table * padded)
  new Int32Array(floats.buffer).set(weightSums(weights), 3 * padded)
  return new Uint32Array(floats.buffer)
}
