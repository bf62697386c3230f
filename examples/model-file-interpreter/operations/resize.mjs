import { flag, integers, oneOf, withDefault } from '../read/attributes.mjs'
import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'
import { fl } from './elementary-functions.mjs'
import { checkImage, imageOf } from './shapes.mjs'

export const resize = {
  inputs: [['float32']],
  tensors: {},
  attributes: {
    size: integers(2, 1),
    method: withDefault(oneOf('nearest', 'bilinear'), 'nearest'),
    alignCorners: withDefault(flag, false),
    halfPixelCenters: withDefault(flag, false),
  },
  infer({ inputs, attributes, field }) {
    checkImage(inputs[0], field)
    if (attributes.alignCorners && attributes.halfPixelCenters)
      refuse(field, 'alignCorners and halfPixelCenters exclude each other')
    return { type: 'float32', shape: [...attributes.size, imageOf(inputs[0]).channels] }
  },
  work: ({ shape, attributes }) => (attributes.method === 'bilinear' ? 9 * elements(shape) : 0),
  compute: (node) => (node.attributes.method === 'bilinear' ? computeBilinear(node) : computeNearest(node)),
}

/** For each output index of an axis, its position in the input, as a fractional index. */
function positionsOf(from, to, { alignCorners, halfPixelCenters }) {
  const scale = alignCorners && to > 1 ? fl(fl(from - 1) / fl(to - 1)) : fl(fl(from) / fl(to))
  const positionOf = (i) => (halfPixelCenters ? fl(fl(fl(i + 0.5) * scale) - 0.5) : fl(i * scale))
  return Array.from({ length: to }, (_, i) => positionOf(fl(i)))
}

function clampIndex(index, size) {
  return Math.min(Math.max(index, 0), size - 1)
}

function computeNearest(node) {
  const { height, width } = imageOf(node.inputs[0])
  const rows = nearestOf(height, node.shape[0], node.attributes)
  const columns = nearestOf(width, node.shape[1], node.attributes)
  setPixels(node, (y, x, valueAt) => valueAt(rows[y], columns[x]))
}

function nearestOf(from, to, attributes) {
  const rounds = attributes.alignCorners || attributes.halfPixelCenters
  return positionsOf(from, to, attributes).map((p) => clampIndex(Math.floor(rounds ? fl(p + 0.5) : p), from))
}

/** Interpolates from left to right in the upper and in the lower row, then from the upper to the lower result. */
function computeBilinear(node) {
  const { height, width } = imageOf(node.inputs[0])
  const rows = neighborsOf(height, node.shape[0], node.attributes)
  const columns = neighborsOf(width, node.shape[1], node.attributes)
  setPixels(node, (y, x, valueAt) => {
    const { first: top, second: bottom, fraction: down } = rows[y]
    const { first: left, second: right, fraction: along } = columns[x]
    const above = between(valueAt(top, left), valueAt(top, right), along)
    const below = between(valueAt(bottom, left), valueAt(bottom, right), along)
    return between(above, below, down)
  })
}

/** The two neighbors of each output index. The fraction is taken before they are clamped. */
function neighborsOf(from, to, attributes) {
  return positionsOf(from, to, attributes).map((p) => {
    const floor = Math.floor(p)
    return { first: clampIndex(floor, from), second: clampIndex(floor + 1, from), fraction: fl(p - floor) }
  })
}

function between(a, b, fraction) {
  return fl(a + fl(fl(b - a) * fraction))
}

/** Sets each output value to the result of `compute` for the input values of the same channel. */
function setPixels({ inputs, shape, data }, compute) {
  const { width, channels } = imageOf(inputs[0])
  for (let index = 0; index < data.length; index++) {
    const channel = index % channels
    const pixel = Math.floor(index / channels)
    const valueAt = (row, column) => inputs[0].data[(row * width + column) * channels + channel]
    data[index] = compute(Math.floor(pixel / shape[1]), pixel % shape[1], valueAt)
  }
}
