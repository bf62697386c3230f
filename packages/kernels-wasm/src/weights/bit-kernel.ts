/** Binary weights and the popcount kernel's layout of them. */
import { GraphError, type GraphTensor } from '@onebit/core'

/** Packed weights `[out, taps, in / groups]`. */
export interface BitKernel {
  readonly bits: Uint8Array
  readonly outputs: number
  readonly taps: number
  /** Input channels of one group. */
  readonly channels: number
}

/** Weights of a binary convolution or dense layer. */
export function bitKernel(node: string, tensor: GraphTensor): BitKernel {
  if (tensor.dtype !== 'bit') throw new GraphError({ node, what: `Node '${node}' needs bits as its 'weights'.` })
  const { shape, data } = tensor
  return { bits: data, outputs: shape[0], taps: shape.slice(1, -1).reduce((a, b) => a * b, 1), channels: shape.at(-1)! }
}

export function bitAt(bits: Uint8Array, index: number): number {
  return bitsAt(bits, index) & 1
}

/** 9 bits from `index` on, the first lowest; zeros past the end. */
export function bitsAt(bits: Uint8Array, index: number): number {
  const byte = index >> 3
  return (bits[byte] | (bits[byte + 1] << 8)) >> (index & 7)
}

/** The weights of some taps. */
export function pickTaps(kernel: BitKernel, taps: readonly number[]): BitKernel {
  const { bits, outputs, channels } = kernel
  const picked = new Uint8Array(Math.ceil((outputs * taps.length * channels) / 8))
  let to = 0
  for (let output = 0; output < outputs; output++) {
    for (const tap of taps) {
      const from = (output * kernel.taps + tap) * channels
      for (let channel = 0; channel < channels; channel++, to++) picked[to >> 3] |= bitAt(bits, from + channel) << (to & 7)
    }
  }
  return { ...kernel, bits: picked, taps: taps.length }
}

/** Bytes of one output's row: each tap starts on a byte, the row ends on a vector. */
export function popcountRowBytes({ taps, channels }: BitKernel): number {
  return Math.ceil((taps * Math.ceil(channels / 8)) / 16) * 16
}

/** Bytes of a group's rows, one an output, filled up to a multiple of 4. */
export function popcountGroupBytes(kernel: BitKernel, groups: number): number {
  return Math.ceil(kernel.outputs / groups / 4) * 4 * popcountRowBytes(kernel)
}

/** One row per output, each group's outputs filled up with zero rows to a multiple of 4. */
export function layOutPopcount(kernel: BitKernel, groups: number): Uint8Array {
  const { bits, outputs, taps, channels } = kernel
  const tapBytes = Math.ceil(channels / 8)
  const rowBytes = popcountRowBytes(kernel)
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

/** Weights of one channel an output, one row of all outputs per tap, filled up to a multiple of 16. */
export function layOutDepthwise({ bits, outputs, taps }: BitKernel): Uint8Array {
  const rowBytes = Math.ceil(outputs / 16) * 2
  const result = new Uint8Array(taps * rowBytes)
  for (let output = 0; output < outputs; output++) {
    for (let tap = 0; tap < taps; tap++) {
      result[tap * rowBytes + (output >> 3)] |= bitAt(bits, output * taps + tap) << (output & 7)
    }
  }
  return result
}
