import { finiteNumber, oneOf } from '../read/attributes.mjs'
import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'
import { clamp, fl, functions } from './elementary-functions.mjs'
import { channelsOrOne, checkPerChannel, checkRank, entryOf, forEachPlace, indexOf, stepsOf } from './shapes.mjs'

const perChannel = { types: ['float32'] }

export const threshold = {
  inputs: [['float32', 'int32']],
  tensors: { thresholds: { types: ['float32'] }, first: { types: ['bit'] } },
  attributes: {},
  infer: inferThreshold,
  work: ({ shape, tensors }) => elements(shape) * tensors.thresholds.shape[1],
  compute: computeThreshold,
}

function inferThreshold({ inputs, tensors: { thresholds, first }, field }) {
  const channels = channelsOrOne(inputs[0])
  checkRank(thresholds, 2, `${field}.tensors.thresholds`)
  const rows = thresholds.shape[0]
  if (rows !== channels && rows !== 1) refuse(`${field}.tensors.thresholds`, `must have ${channels} rows or 1`)
  checkPerChannel(first, channels, `${field}.tensors.first`)
  return { type: 'bit', shape: inputs[0].shape }
}

/** The first bit, negated once for each threshold that the input reaches. */
function computeThreshold({ inputs: [{ data: input }], tensors: { thresholds, first }, shape, data }) {
  const channels = channelsOrOne({ shape })
  const [rows, length] = thresholds.shape
  for (let index = 0; index < data.length; index++) {
    const channel = index % channels
    const row = rows === 1 ? 0 : channel
    let bit = entryOf(first, channel)
    // Both an int32 and a float32 are exact as JavaScript numbers.
    for (let i = row * length; i < (row + 1) * length; i++) if (input[index] >= thresholds.data[i]) bit = -bit
    data[index] = bit
  }
}

export const toFloat = {
  inputs: [['bit', 'int32', 'float32']],
  tensors: {},
  attributes: {},
  infer: floatOfTheSameShape,
  work: () => 0,
  // Storing into a Float32Array rounds.
  compute: ({ inputs, data }) => data.set(inputs[0].data),
}

export const affine = {
  inputs: [['float32', 'int32']],
  tensors: { scale: perChannel, shift: perChannel },
  attributes: {},
  infer: (node) => inferPerChannel(node, ['scale', 'shift']),
  work: ({ shape }) => 2 * elements(shape),
  compute: (node) =>
    mapChannels(node, (x, channel) => {
      const { scale, shift } = node.tensors
      return fl(fl(fl(x) * entryOf(scale, channel)) + entryOf(shift, channel))
    }),
}

export const prelu = {
  inputs: [['float32']],
  tensors: { slope: perChannel },
  attributes: {},
  infer: (node) => inferPerChannel(node, ['slope']),
  work: ({ shape }) => 2 * elements(shape),
  compute: (node) => mapChannels(node, (x, channel) => (x >= 0 ? x : fl(x * entryOf(node.tensors.slope, channel)))),
}

function floatOfTheSameShape({ inputs }) {
  return { type: 'float32', shape: inputs[0].shape }
}

function inferPerChannel(node, roles) {
  const channels = channelsOrOne(node.inputs[0])
  for (const role of roles) checkPerChannel(node.tensors[role], channels, `${node.field}.tensors.${role}`)
  return floatOfTheSameShape(node)
}

function mapChannels({ inputs, shape, data }, compute) {
  const channels = channelsOrOne({ shape })
  for (let index = 0; index < data.length; index++) data[index] = compute(inputs[0].data[index], index % channels)
}

export const activation = {
  inputs: [['float32']],
  tensors: {},
  attributes: { function: oneOf(...functions.keys()) },
  infer: floatOfTheSameShape,
  work: ({ shape, attributes }) => elements(shape) * (['relu', 'absolute'].includes(attributes.function) ? 1 : 2),
  compute: ({ inputs, attributes, data }) => mapElements(inputs[0].data, data, functions.get(attributes.function)),
}

export const clip = {
  inputs: [['float32']],
  tensors: {},
  attributes: { minimum: finiteNumber, maximum: finiteNumber },
  infer: inferClip,
  work: ({ shape }) => 2 * elements(shape),
  compute({ inputs, attributes, data }) {
    const minimum = fl(attributes.minimum)
    const maximum = fl(attributes.maximum)
    mapElements(inputs[0].data, data, (x) => clamp(x, minimum, maximum))
  },
}

function inferClip(node) {
  const { minimum, maximum } = node.attributes
  if (minimum > maximum) refuse(`${node.field}.minimum`, 'must be at most the maximum')
  return floatOfTheSameShape(node)
}

function mapElements(from, to, compute) {
  for (let index = 0; index < to.length; index++) to[index] = compute(from[index])
}

export const add = {
  inputs: [['float32'], ['float32']],
  tensors: {},
  attributes: {},
  infer: inferBroadcast,
  work: ({ shape }) => elements(shape),
  compute: (node) => computeBroadcast(node, (a, b) => fl(a + b)),
}

export const multiply = {
  inputs: [['float32'], ['float32']],
  tensors: {},
  attributes: {},
  infer: inferBroadcast,
  work: ({ shape }) => elements(shape),
  compute: (node) => computeBroadcast(node, (a, b) => fl(a * b)),
}

/** Aligns shapes at their last axes. A missing size counts as 1, and 1 is repeated to the other size. */
function inferBroadcast({ inputs, field }) {
  const rank = Math.max(...inputs.map(({ shape }) => shape.length))
  const [a, b] = inputs.map(({ shape }) => alignLast(shape, rank))
  const shape = a.map((size, axis) => (size === 1 ? b[axis] : size))
  const fits = shape.every((size, axis) => b[axis] === size || b[axis] === 1)
  if (!fits) refuse(`${field}.inputs`, `the shapes [${a}] and [${b}] do not go together`)
  return { type: 'float32', shape }
}

function alignLast(shape, rank) {
  return [...Array(rank - shape.length).fill(1), ...shape]
}

function computeBroadcast({ inputs, shape, data }, combine) {
  const [a, b] = inputs.map((input) => ({ data: input.data, steps: repeatingSteps(input.shape, shape.length) }))
  let index = 0
  forEachPlace(shape, (place) => {
    data[index++] = combine(a.data[indexOf(place, a.steps)], b.data[indexOf(place, b.steps)])
  })
}

/** Along an axis of size 1, the step is 0, so its value is repeated. */
function repeatingSteps(shape, rank) {
  const aligned = alignLast(shape, rank)
  return stepsOf(aligned).map((step, axis) => (aligned[axis] === 1 ? 0 : step))
}
