import { finiteNumber, integer, integers, upToEightIntegers, withDefault } from '../read/attributes.mjs'
import { elements } from '../read/limits.mjs'
import { refuse } from '../read/refuse.mjs'
import { fl } from './elementary-functions.mjs'
import { checkImage, forEachPlace, imageOf, indexOf, stepsOf } from './shapes.mjs'

export const constant = {
  inputs: [],
  tensors: { value: { types: ['float32'] } },
  attributes: {},
  infer: ({ tensors }) => ({ type: 'float32', shape: tensors.value.shape }),
  work: () => 0,
  compute: ({ tensors, data }) => data.set(tensors.value.data),
}

export const reshape = {
  inputs: [['float32', 'bit', 'int32']],
  tensors: {},
  attributes: { shape: upToEightIntegers(1) },
  infer({ inputs, attributes, field }) {
    const count = elements(inputs[0].shape)
    if (elements(attributes.shape) !== count) refuse(`${field}.shape`, `must have ${count} elements`)
    return { type: inputs[0].type, shape: attributes.shape }
  },
  work: () => 0,
  compute: ({ inputs, data }) => data.set(inputs[0].data),
}

export const pad = {
  inputs: [['float32']],
  tensors: {},
  attributes: { padding: withDefault(integers(4, 0), [0, 0, 0, 0]), value: withDefault(finiteNumber, 0) },
  infer({ inputs, attributes, field }) {
    checkImage(inputs[0], field)
    const { height, width, channels } = imageOf(inputs[0])
    const [top, bottom, left, right] = attributes.padding
    return { type: 'float32', shape: [top + height + bottom, left + width + right, channels] }
  },
  work: () => 0,
  compute({ inputs, attributes, shape, data }) {
    const [top, , left] = attributes.padding
    data.fill(fl(attributes.value))
    writeBox(inputs[0], [top, left, 0], shape, data)
  },
}

export const concat = {
  inputs: [['float32', 'bit']],
  repeatsLast: true,
  tensors: {},
  attributes: { axis: integer(0) },
  infer: inferConcat,
  work: () => 0,
  compute({ inputs, attributes: { axis }, shape, data }) {
    let reached = 0
    for (const input of inputs) {
      writeBox(input, atAxis(shape, axis, reached), shape, data)
      reached += input.shape[axis]
    }
  },
}

function inferConcat({ inputs, attributes: { axis }, field }) {
  const [{ type, shape }] = inputs
  if (axis >= shape.length) refuse(`${field}.axis`, `must be below ${shape.length}`)
  if (inputs.some((input) => input.type !== type)) refuse(`${field}.inputs`, 'must have one type')
  if (inputs.some((input) => !equalBut(axis, input.shape, shape))) refuse(`${field}.inputs`, 'must be equal in all other sizes')
  const total = inputs.reduce((sum, input) => sum + input.shape[axis], 0)
  return { type, shape: shape.with(axis, total) }
}

function equalBut(axis, a, b) {
  return a.length === b.length && a.every((size, index) => index === axis || size === b[index])
}

/** The place with `position` along one axis and 0 along the others. */
function atAxis(shape, axis, position) {
  return shape.map((_, index) => (index === axis ? position : 0))
}

/** Copies an array into a larger one, starting at a place. */
function writeBox(box, begin, shape, data) {
  const steps = stepsOf(shape)
  const from = indexOf(begin, steps)
  let index = 0
  forEachPlace(box.shape, (place) => {
    data[from + indexOf(place, steps)] = box.data[index++]
  })
}

export const slice = {
  inputs: [['float32', 'bit']],
  tensors: {},
  attributes: { begin: upToEightIntegers(0), size: upToEightIntegers(1) },
  infer: inferSlice,
  work: () => 0,
  compute({ inputs, attributes, shape, data }) {
    const steps = stepsOf(inputs[0].shape)
    const from = indexOf(attributes.begin, steps)
    let index = 0
    forEachPlace(shape, (place) => {
      data[index++] = inputs[0].data[from + indexOf(place, steps)]
    })
  },
}

function inferSlice({ inputs: [{ type, shape }], attributes: { begin, size }, field }) {
  if (begin.length !== shape.length) refuse(`${field}.begin`, `must have ${shape.length} entries`)
  if (size.length !== shape.length) refuse(`${field}.size`, `must have ${shape.length} entries`)
  if (shape.some((whole, axis) => begin[axis] + size[axis] > whole)) refuse(`${field}.size`, 'reaches beyond the input')
  return { type, shape: size }
}
