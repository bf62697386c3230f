import { flag, integers, upToEightIntegers, withDefault } from '../read/attributes.mjs'
import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'
import { fl } from './elementary-functions.mjs'
import { checkImage, forEachPlace, imageOf, indexOf, stepsOf } from './shapes.mjs'
import { forEachWindow, OUTSIDE, positionsOf, tapsAt, windowAxes } from './windows.mjs'

const windowAttributes = {
  size: integers(2, 1),
  strides: withDefault(integers(2, 1), [1, 1]),
  padding: withDefault(integers(4, 0), [0, 0, 0, 0]),
}

export const maxPool = {
  inputs: [['float32', 'bit']],
  tensors: {},
  attributes: windowAttributes,
  infer: inferPool,
  work: workOfTaps,
  compute: computeMaxPool,
}

export const averagePool = {
  inputs: [['float32']],
  tensors: {},
  attributes: { ...windowAttributes, countPadding: withDefault(flag, false) },
  infer: inferPool,
  work: (node) => workOfTaps(node) + elements(node.shape),
  compute: computeAveragePool,
}

function axesOf({ inputs, attributes }) {
  return windowAxes(imageOf(inputs[0]), attributes.size, attributes)
}

/** Padding is less than the size of the window, so each window has a tap inside. */
function inferPool(node) {
  checkImage(node.inputs[0], node.field)
  for (const { size, before, after } of axesOf(node)) {
    if (before >= size || after >= size) refuse(`${node.field}.padding`, 'must be below the size')
  }
  const sizes = axesOf(node).map((axis) => positionsOf(axis, node.field))
  return { type: node.inputs[0].type, shape: [...sizes, imageOf(node.inputs[0]).channels] }
}

function workOfTaps({ shape, attributes: { size } }) {
  return elements(shape) * size[0] * size[1]
}

function computeMaxPool(node) {
  forEachPool(node, largestOf)
}

/** A larger value replaces the one before, so NaN is skipped, and the first of equal zeros stays. Bits are -1 and +1. */
function largestOf(values) {
  let largest = -Infinity
  for (const value of values) if (value > largest) largest = value
  return largest
}

function computeAveragePool(node) {
  const { size, countPadding } = node.attributes
  forEachPool(node, (values) => fl(sumOf(values) / fl(countPadding ? size[0] * size[1] : values.length)))
}

function sumOf(values) {
  return values.reduce((sum, value) => fl(sum + value), 0)
}

/** Sets each output to the result of `reduce` for the values inside its window, rows first. */
function forEachPool(node, reduce) {
  const input = node.inputs[0].data
  const { channels } = imageOf(node.inputs[0])
  forEachWindow(axesOf(node), node.shape, tapsAt, (pixels, outputPixel) => {
    const inside = pixels.filter((pixel) => pixel !== OUTSIDE)
    for (let channel = 0; channel < channels; channel++) {
      node.data[outputPixel * channels + channel] = reduce(inside.map((pixel) => input[pixel * channels + channel]))
    }
  })
}

export const mean = {
  inputs: [['float32']],
  tensors: {},
  attributes: { axes: upToEightIntegers(0), keepDimensions: withDefault(flag, false) },
  infer: inferMean,
  work: ({ inputs, shape }) => elements(shape) + elements(inputs[0].shape),
  compute: computeMean,
}

function inferMean({ inputs: [{ shape }], attributes: { axes, keepDimensions }, field }) {
  if (axes.length === 0) refuse(`${field}.axes`, 'must be one at least')
  if (axes.some((axis) => axis >= shape.length)) refuse(`${field}.axes`, `must be below ${shape.length}`)
  if (new Set(axes).size < axes.length) refuse(`${field}.axes`, 'must be distinct')
  const kept = reducedShape(shape, axes)
  return { type: 'float32', shape: keepDimensions ? kept : kept.filter((_, axis) => !axes.includes(axis)) }
}

/** The shape with 1 for each summed axis. */
function reducedShape(shape, axes) {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size))
}

function summandsOf({ inputs, attributes }) {
  return elements(attributes.axes.map((axis) => inputs[0].shape[axis]))
}

/** Adds each input value, in order, to its output. */
function computeMean(node) {
  const { inputs, attributes, data } = node
  const { shape, data: input } = inputs[0]
  const steps = stepsOf(reducedShape(shape, attributes.axes)).map((step, axis) => (attributes.axes.includes(axis) ? 0 : step))
  let index = 0
  forEachPlace(shape, (place) => {
    const at = indexOf(place, steps)
    data[at] = fl(data[at] + input[index++])
  })
  const count = fl(summandsOf(node))
  for (let at = 0; at < data.length; at++) data[at] = fl(data[at] / count)
}
