/** Weights of real convolutions and dense layers, stored as real numbers or as bits. */
import { unpackSigns } from '../../graph/bits.ts'
import { elementCount, type GraphTensor } from '../../graph/graph.ts'

/** Real weights, tap by tap, then channel by channel, outputs last: `[taps, in / groups, out]`. */
export interface RealWeights {
  readonly values: Float32Array
  readonly taps: number
  /** Input channels of one group. */
  readonly channels: number
  readonly outputs: number
}

/** Weights of a convolution or dense layer; bits become +1 and -1. */
export function realWeights(tensor: GraphTensor): RealWeights {
  const { shape } = tensor
  if (tensor.dtype === 'float32') {
    const [channels, outputs] = shape.slice(-2)
    return { values: tensor.data, taps: elementCount(shape.slice(0, -2)), channels, outputs }
  }
  const outputs = shape[0]
  const channels = shape.at(-1)!
  const count = elementCount(shape)
  const row = count / outputs
  const values = new Float32Array(count)
  unpackSigns(tensor.data, count).forEach((sign, i) => {
    values[(i % row) * outputs + Math.floor(i / row)] = sign
  })
  return { values, taps: row / channels, channels, outputs }
}

/** True if a convolution's weights have one input channel and one output per group. */
export function isDepthwise({ dtype, shape }: GraphTensor, groups: number): boolean {
  const [channels, outputs] = dtype === 'bit' ? [shape[3], shape[0]] : shape.slice(-2)
  return groups > 1 && channels === 1 && outputs === groups
}

/** True if no weight is infinite or NaN. */
export function allFinite({ values }: RealWeights): boolean {
  let sum = 0
  // 0 times infinity is NaN.
  for (let i = 0; i < values.length; i++) sum += 0 * values[i]
  return sum === 0
}

/** The weights of some taps. */
export function pickRealTaps(weights: RealWeights, taps: readonly number[]): RealWeights {
  const size = weights.channels * weights.outputs
  const values = new Float32Array(taps.length * size)
  taps.forEach((tap, index) => {
    values.set(weights.values.subarray(tap * size, (tap + 1) * size), index * size)
  })
  return { ...weights, values, taps: taps.length }
}

/** `[group][block of outputs][tap][channel][block]`, each group's last block filled up with zeros. */
export function layOutBlocks({ values, taps, channels, outputs }: RealWeights, groups: number, block: number): Float32Array {
  const groupOutputs = outputs / groups
  const blocks = Math.ceil(groupOutputs / block)
  const depth = taps * channels
  const result = new Float32Array(groups * blocks * depth * block)
  for (let group = 0; group < groups; group++) {
    for (let i = 0; i < depth; i++) {
      const from = i * outputs + group * groupOutputs
      for (let output = 0; output < groupOutputs; output++) {
        const at = (group * blocks + Math.floor(output / block)) * depth * block + i * block + (output % block)
        result[at] = values[from + output]
      }
    }
  }
  return result
}
