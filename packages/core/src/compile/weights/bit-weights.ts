/** Binary weights in the form that convolutions use. */
import { GraphError } from '../../errors.ts'
import type { GraphTensor } from '../../graph/graph.ts'

/** Packed weights `[out, taps, in / groups]`. */
export interface BitWeights {
  readonly bits: Uint8Array
  readonly outputs: number
  readonly taps: number
  /** Input channels of one group. */
  readonly channels: number
}

/** Weights of a binary convolution or dense layer. */
export function bitWeights(node: string, tensor: GraphTensor): BitWeights {
  if (tensor.dtype !== 'bit') throw new GraphError({ node, what: `Node '${node}' needs bits as its 'weights'.` })
  const { shape, data } = tensor
  return { bits: data, outputs: shape[0], taps: shape.slice(1, -1).reduce((a, b) => a * b, 1), channels: shape.at(-1)! }
}

export function bitAt(bits: Uint8Array, index: number): number {
  return bitsAt(bits, index) & 1
}

/** 9 bits from `index` on, the first lowest. Bits past the end are zeros. */
export function bitsAt(bits: Uint8Array, index: number): number {
  const byte = index >> 3
  return (bits[byte] | (bits[byte + 1] << 8)) >> (index & 7)
}

/** The weights of some taps. */
export function pickBitTaps(weights: BitWeights, taps: readonly number[]): BitWeights {
  const { bits, outputs, channels } = weights
  const picked = new Uint8Array(Math.ceil((outputs * taps.length * channels) / 8))
  let to = 0
  for (let output = 0; output < outputs; output++) {
    for (const tap of taps) {
      const from = (output * weights.taps + tap) * channels
      for (let channel = 0; channel < channels; channel++, to++) picked[to >> 3] |= bitAt(bits, from + channel) << (to & 7)
    }
  }
  return { ...weights, bits: picked, taps: taps.length }
}
