/** Layouts of binary weights for the popcount and the depthwise kernels. */
import { type BitWeights, bitAt } from '@onebit/core/compile'

/** Bytes of one output's row: each tap starts on a byte, the row ends on a vector. */
export function popcountRowBytes({ taps, channels }: BitWeights): number {
  return Math.ceil((taps * Math.ceil(channels / 8)) / 16) * 16
}

/** Bytes of a group's rows. There is one row per output, filled up to a multiple of 4. */
export function popcountGroupBytes(weights: BitWeights, groups: number): number {
  return Math.ceil(weights.outputs / groups / 4) * 4 * popcountRowBytes(weights)
}

/** One row per output, each group's outputs filled up with zero rows to a multiple of 4. */
export function layOutPopcount(weights: BitWeights, groups: number): Uint8Array {
  const { bits, outputs, taps, channels } = weights
  const tapBytes = Math.ceil(channels / 8)
  const rowBytes = popcountRowBytes(weights)
  const groupOutputs = outputs / groups
  const groupRows = Math.ceil(groupOutputs / 4) * 4
  const result = new Uint8Array(groups * groupRows * rowBytes)
  for (let output = 0; output < outputs; output++) {
    const row = Math.floor(output / groupOutputs) * groupRows + (output % groupOutputs)
    for (let tap = 0; tap < taps; tap++) {
      const from = (output * taps + tap) * channels
      const to = row * rowBytes + tap * tapBytes
      for (let channel = 0; channel < channels; channel++) {
        result[to + (channel >> 3)] |= bitAt(bits, from + channel) << (channel & 7)
      }
    }
  }
  return result
}

/** Depthwise weights: one row of all outputs per tap, filled up to a multiple of 16. */
export function layOutDepthwise({ bits, outputs, taps }: BitWeights): Uint8Array {
  const rowBytes = Math.ceil(outputs / 16) * 2
  const result = new Uint8Array(taps * rowBytes)
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      result[tap * rowBytes + (output >> 3)] |= bitAt(bits, output * taps + tap) << (output & 7)
    }
  }
  return result
}
