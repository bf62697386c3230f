import { integer, integers, oneOf, withDefault } from '../read/attributes.mjs'
import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'
import { fl } from './elementary-functions.mjs'
import { checkBias, checkImage, checkRank, imageOf, workOfBias } from './shapes.mjs'
import { forEachWindow, OUTSIDE, positionsOf, tapsAt, transposedPositionsOf, transposedTapsAt, windowAxes } from './windows.mjs'

const windowAttributes = {
  strides: withDefault(integers(2, 1), [1, 1]),
  dilations: withDefault(integers(2, 1), [1, 1]),
  padding: withDefault(integers(4, 0), [0, 0, 0, 0]),
}
const groups = withDefault(integer(1), 1)
const outputPadding = withDefault(integers(2, 0), [0, 0])

const bias = { types: ['float32'], optional: true }

export const conv2d = {
  inputs: [['float32']],
  tensors: { weights: { types: ['float32', 'bit'] }, bias },
  attributes: { ...windowAttributes, groups },
  infer: (node) => inferConvolution(node, 'float32'),
  work: workOfConvolution,
  compute: (node) => computeFloats(node, tapsAt),
}

export const binaryConv2d = {
  inputs: [['bit']],
  tensors: { weights: { types: ['bit'] } },
  attributes: { ...windowAttributes, groups, paddingValue: withDefault(oneOf('zero', 'one', 'minus-one'), 'zero') },
  infer: (node) => inferConvolution(node, 'int32'),
  work: workOfConvolution,
  compute: (node) => computeBits(node, tapsAt),
}

export const conv2dTranspose = {
  inputs: [['float32']],
  tensors: { weights: { types: ['float32'] }, bias },
  attributes: { ...windowAttributes, outputPadding },
  infer: (node) => inferTransposed(node, 'float32'),
  work: workOfTransposed,
  compute: (node) => computeFloats(node, transposedTapsAt),
}

export const binaryConv2dTranspose = {
  inputs: [['bit']],
  tensors: { weights: { types: ['bit'] } },
  attributes: { ...windowAttributes, outputPadding },
  infer: (node) => inferTransposed(node, 'int32'),
  work: workOfTransposed,
  compute: (node) => computeBits(node, transposedTapsAt),
}

/** Sizes and strides of the weights: bits are `[out, height, width, in]`, floats `[height, width, in, out]`. */
function kernelOf({ type, shape }) {
  if (type === 'bit') {
    const [out, height, width, depth] = shape
    return { height, width, depth, out, outStep: height * width * depth, tapStep: depth, channelStep: 1 }
  }
  const [height, width, depth, out] = shape
  return { height, width, depth, out, outStep: 1, tapStep: depth * out, channelStep: out }
}

function axesOf({ inputs, attributes, tensors }) {
  const kernel = kernelOf(tensors.weights)
  return windowAxes(imageOf(inputs[0]), [kernel.height, kernel.width], attributes)
}

function inferConvolution(node, type) {
  checkTensors(node, node.attributes.groups)
  const sizes = axesOf(node).map((axis) => positionsOf(axis, node.field))
  return { type, shape: [...sizes, kernelOf(node.tensors.weights).out] }
}

function inferTransposed(node, type) {
  checkTensors(node, 1)
  const { outputPadding } = node.attributes
  const sizes = axesOf(node).map((axis, index) => transposedPositionsOf(axis, outputPadding[index], node.field))
  return { type, shape: [...sizes, kernelOf(node.tensors.weights).out] }
}

function checkTensors({ inputs, tensors, field }, groupCount) {
  checkImage(inputs[0], field)
  checkRank(tensors.weights, 4, `${field}.tensors.weights`)
  const { channels } = imageOf(inputs[0])
  const { depth, out } = kernelOf(tensors.weights)
  if (channels % groupCount !== 0 || out % groupCount !== 0) refuse(`${field}.groups`, `must divide ${channels} and ${out}`)
  if (depth !== channels / groupCount) refuse(`${field}.tensors.weights`, `must have ${channels / groupCount} input channels`)
  checkBias(tensors.bias, out, field)
}

/** One product per weight and output pixel, and the bias. */
function workOfConvolution(node) {
  const [height, width] = node.shape
  return height * width * elements(node.tensors.weights.shape) + workOfBias(node)
}

/** One product per weight and input pixel, and the bias. */
function workOfTransposed(node) {
  const { height, width } = imageOf(node.inputs[0])
  return height * width * elements(node.tensors.weights.shape) + workOfBias(node)
}

function computeFloats(node, tapsOf) {
  const { weights, bias } = node.tensors
  const input = node.inputs[0].data
  forEachOutput(node, tapsOf, (pixels, channel, firstChannel, kernel, at) => {
    const sum = sumOfProducts(pixels, channel, firstChannel, kernel, input, weights.data, imageOf(node.inputs[0]).channels)
    node.data[at] = bias === undefined ? sum : fl(sum + bias.data[channel])
  })
}

/** Sums over kernel rows, kernel columns and channels, in that order. Each product and each sum is rounded. */
function sumOfProducts(pixels, channel, firstChannel, kernel, input, weights, channels) {
  let sum = 0
  for (const [tap, pixel] of pixels.entries()) {
    if (pixel === OUTSIDE) continue
    const from = pixel * channels + firstChannel
    const weightFrom = channel * kernel.outStep + tap * kernel.tapStep
    for (let c = 0; c < kernel.depth; c++) sum = fl(sum + fl(input[from + c] * weights[weightFrom + c * kernel.channelStep]))
  }
  return sum
}

const PADDING_VALUES = { zero: 0, one: 1, 'minus-one': -1 }

/** Sums of bits are integers, so their order does not matter. A transposed window never reads outside. */
function computeBits(node, tapsOf) {
  const weights = node.tensors.weights.data
  const { channels } = imageOf(node.inputs[0])
  const outside = PADDING_VALUES[node.attributes.paddingValue ?? 'zero']
  forEachOutput(node, tapsOf, (pixels, channel, firstChannel, kernel, at) => {
    let sum = 0
    for (const [tap, pixel] of pixels.entries()) {
      for (let c = 0; c < kernel.depth; c++) {
        const bit = pixel === OUTSIDE ? outside : node.inputs[0].data[pixel * channels + firstChannel + c]
        sum += bit * weights[channel * kernel.outStep + tap * kernel.tapStep + c]
      }
    }
    node.data[at] = sum
  })
}

/** Calls back for each output pixel and channel, with its inputs and the index of its output. */
function forEachOutput(node, tapsOf, callback) {
  const kernel = kernelOf(node.tensors.weights)
  const channelsPerGroup = kernel.out / (node.attributes.groups ?? 1)
  forEachWindow(axesOf(node), node.shape, tapsOf, (pixels, outputPixel) => {
    for (let channel = 0; channel < kernel.out; channel++) {
      const firstChannel = Math.floor(channel / channelsPerGroup) * kernel.depth
      callback(pixels, channel, firstChannel, kernel, outputPixel * kernel.out + channel)
    }
  })
}
