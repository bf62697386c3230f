import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'
import { fl } from './elementary-functions.mjs'
import { channelsOf, checkBias, checkRank, workOfBias } from './shapes.mjs'

export const dense = {
  inputs: [['float32']],
  tensors: { weights: { types: ['float32', 'bit'] }, bias: { types: ['float32'], optional: true } },
  attributes: {},
  infer: (node) => inferDense(node, 'float32'),
  work: workOfDense,
  compute: computeDense,
}

export const binaryDense = {
  inputs: [['bit']],
  tensors: { weights: { types: ['bit'] } },
  attributes: {},
  infer: (node) => inferDense(node, 'int32'),
  work: workOfDense,
  compute: computeBinaryDense,
}

/** Sizes and strides of the weights: bits are `[out, in]`, floats `[in, out]`. */
function matrixOf({ type, shape }) {
  if (type === 'bit') return { out: shape[0], depth: shape[1], outStep: shape[1], depthStep: 1 }
  return { depth: shape[0], out: shape[1], outStep: 1, depthStep: shape[1] }
}

function inferDense({ inputs, tensors, field }, type) {
  const channels = channelsOf(inputs[0], field)
  checkRank(tensors.weights, 2, `${field}.tensors.weights`)
  const { depth, out } = matrixOf(tensors.weights)
  if (depth !== channels) refuse(`${field}.tensors.weights`, `must have ${channels} inputs`)
  checkBias(tensors.bias, out, field)
  return { type, shape: [...inputs[0].shape.slice(0, -1), out] }
}

/** One product per weight and row, and the bias. */
function workOfDense(node) {
  const rows = elements(node.shape) / node.shape.at(-1)
  return rows * elements(node.tensors.weights.shape) + workOfBias(node)
}

function computeDense({ inputs, tensors: { weights, bias }, data }) {
  const { depth, out, outStep, depthStep } = matrixOf(weights)
  for (let index = 0; index < data.length; index++) {
    const channel = index % out
    const from = Math.floor(index / out) * depth
    let sum = 0
    for (let i = 0; i < depth; i++) sum = fl(sum + fl(inputs[0].data[from + i] * weights.data[channel * outStep + i * depthStep]))
    data[index] = bias === undefined ? sum : fl(sum + bias.data[channel])
  }
}

function computeBinaryDense({ inputs, tensors: { weights }, data }) {
  const { depth, out } = matrixOf(weights)
  for (let index = 0; index < data.length; index++) {
    const from = Math.floor(index / out) * depth
    const weightFrom = (index % out) * depth
    let sum = 0
    for (let i = 0; i < depth; i++) sum += inputs[0].data[from + i] * weights.data[weightFrom + i]
    data[index] = sum
  }
}
