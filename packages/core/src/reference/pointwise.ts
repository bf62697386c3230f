/** Elementwise ops as plain loops. If a formula has no other rounding step, storing into a Float32Array rounds. */
import type { ActivationFunction } from '../graph/ops/pointwise.ts'
import { broadcastOffsets } from './broadcast-offsets.ts'
import {
  exponential,
  hardSigmoid,
  hardSwish,
  hyperbolicTangent,
  sigmoid,
  softplus,
  softsign,
  swish,
} from './elementary-functions.ts'
import type { ReferenceValue, Values } from './values.ts'

/** The value of each function for a float32, equal to the last bit on every backend: see `elementary-functions.ts`. */
export const ACTIVATIONS: Readonly<Record<ActivationFunction, (x: number) => number>> = {
  relu: (x) => Math.max(x, 0),
  sigmoid,
  tanh: hyperbolicTangent,
  exp: exponential,
  softplus,
  softsign,
  swish,
  'hard-sigmoid': hardSigmoid,
  'hard-swish': hardSwish,
  absolute: Math.abs,
}

export function map(input: ReferenceValue, output: ReferenceValue, formula: (x: number, channel: number) => number): void {
  const channels = input.shape.at(-1)!
  for (let i = 0; i < input.data.length; i++) output.data[i] = formula(input.data[i], i % channels)
}

/** The entry of a per-channel tensor, which may hold one entry for all channels. */
export function perChannel(tensor: Values): (channel: number) => number {
  return tensor.length === 1 ? () => tensor[0] : (channel) => tensor[channel]
}

export function threshold(
  input: ReferenceValue,
  thresholds: Values,
  perRow: number,
  first: Values,
  output: ReferenceValue,
): void {
  const firstOf = perChannel(first)
  const rows = thresholds.length / perRow
  map(input, output, (x, channel) => {
    const row = rows === 1 ? 0 : channel * perRow
    let sign = firstOf(channel)
    for (let i = 0; i < perRow; i++) if (x >= thresholds[row + i]) sign = -sign
    return sign
  })
}

/** Broadcasts two inputs against each other and calls `formula` on each pair. The batch never broadcasts. */
export function broadcast(
  a: ReferenceValue,
  b: ReferenceValue,
  output: ReferenceValue,
  batch: number,
  formula: (x: number, y: number) => number,
): void {
  const { shape } = output
  const offsets = [a, b].map((value) => broadcastOffsets(value.shape, shape))
  const sizes = [a, b].map((value) => value.data.length / batch)
  const count = output.data.length / batch
  for (let sample = 0; sample < batch; sample++) {
    for (let i = 0; i < count; i++) {
      output.data[sample * count + i] = formula(
        a.data[sample * sizes[0] + offsets[0][i]],
        b.data[sample * sizes[1] + offsets[1][i]],
      )
    }
  }
}

export function softmax(input: ReferenceValue, output: ReferenceValue): void {
  const features = input.shape.at(-1)!
  for (let start = 0; start < input.data.length; start += features) {
    const row = input.data.subarray(start, start + features)
    let largest = Number.NEGATIVE_INFINITY
    for (const x of row) largest = Math.max(largest, x)
    const partial = new Float32Array(4)
    for (let i = 0; i < features; i++) {
      output.data[start + i] = exponential(Math.fround(row[i] - largest))
      partial[i % 4] += output.data[start + i]
    }
    const sum = Math.fround(Math.fround(partial[0] + partial[2]) + Math.fround(partial[1] + partial[3]))
    for (let i = 0; i < features; i++) output.data[start + i] = output.data[start + i] / sum
  }
}
