import { elements } from '../read/limits.mjs'
import { exp, fl } from './elementary-functions.mjs'
import { channelsOf } from './shapes.mjs'

export const softmax = {
  inputs: [['float32']],
  tensors: {},
  attributes: {},
  infer({ inputs, field }) {
    channelsOf(inputs[0], field)
    return { type: 'float32', shape: inputs[0].shape }
  },
  work: ({ shape }) => 4 * elements(shape),
  compute({ inputs, shape, data }) {
    const length = shape.at(-1)
    for (let from = 0; from < data.length; from += length) {
      softmaxOfRow(inputs[0].data.subarray(from, from + length), data.subarray(from, from + length))
    }
  },
}

function softmaxOfRow(x, y) {
  const largest = x.reduce((a, b) => Math.max(a, b))
  const sums = [0, 0, 0, 0]
  for (let i = 0; i < x.length; i++) {
    y[i] = exp(fl(x[i] - largest))
    sums[i % 4] = fl(sums[i % 4] + y[i])
  }
  const total = fl(fl(sums[0] + sums[2]) + fl(sums[1] + sums[3]))
  for (let i = 0; i < x.length; i++) y[i] = fl(y[i] / total)
}
