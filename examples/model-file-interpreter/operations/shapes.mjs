import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'

/** The sizes of an image `[height, width, channels]`. */
export function imageOf({ shape }) {
  const [height, width, channels] = shape
  return { height, width, channels }
}

export function checkImage({ shape }, field) {
  if (shape.length !== 3) refuse(`${field}.inputs`, 'must be an image [height, width, channels]')
}

/** The size of the last axis; a value without axes has one channel. */
export function channelsOrOne({ shape }) {
  return shape.at(-1) ?? 1
}

/** The size of the last axis, for ops that refuse a value without axes. */
export function channelsOf({ shape }, field) {
  return shape.at(-1) ?? refuse(`${field}.inputs`, 'must have an axis')
}

export function checkRank({ shape }, rank, field) {
  if (shape.length !== rank) refuse(field, `must have ${rank} axes`)
}

/** Checks that a tensor, if there is one, has one entry per channel, or one for all. */
export function checkPerChannel(tensor, channels, field) {
  const fits = tensor.shape.length === 1 && (tensor.shape[0] === channels || tensor.shape[0] === 1)
  if (!fits) refuse(field, `must have the shape [${channels}] or [1]`)
}

/** Checks that a bias, if there is one, has one entry per output channel. */
export function checkBias(bias, channels, field) {
  if (bias === undefined) return
  if (bias.shape.length !== 1 || bias.shape[0] !== channels) refuse(`${field}.tensors.bias`, `must have the shape [${channels}]`)
}

/** One sum per element, if there is a bias. */
export function workOfBias({ tensors, shape }) {
  return tensors.bias === undefined ? 0 : elements(shape)
}

/** The entry of a channel. A single entry holds for all. */
export function entryOf({ data }, channel) {
  return data.length === 1 ? data[0] : data[channel]
}

/** The distance between neighbors along each axis, in row-major order. */
export function stepsOf(shape) {
  return shape.map((_, axis) => elements(shape.slice(axis + 1)))
}

/** Calls back with each place of a shape, in row-major order. It reuses one list for all places. */
export function forEachPlace(shape, callback) {
  const place = shape.map(() => 0)
  for (let left = elements(shape); left > 0; left--) {
    callback(place)
    advance(place, shape)
  }
}

function advance(place, shape) {
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place[axis] += 1
    if (place[axis] < shape[axis]) return
    place[axis] = 0
  }
}

/** The index of a place in data with these steps. */
export function indexOf(place, steps) {
  return place.reduce((index, position, axis) => index + position * steps[axis], 0)
}
