/** Operations on single elements, and softmax. */
import { type ActivationFunction, elementCount } from '@onebit/core'
import { tf } from '../harness.ts'
import { type FloatCase, floatCase, floats } from './compare-operation.ts'

type Shape = readonly number[]

/** A large image, a vector, and an image of an odd number of channels. */
const SHAPES: readonly Shape[] = [[56, 56, 64], [512], [28, 28, 67]]

const ACTIVATIONS: Readonly<Record<ActivationFunction, (x: tf.Tensor) => tf.Tensor>> = {
  relu: tf.relu,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  exp: tf.exp,
  softplus: tf.softplus,
  softsign: (x) => tf.div(x, tf.add(tf.abs(x), 1)),
  swish: (x) => tf.mul(x, tf.sigmoid(x)),
  'hard-sigmoid': (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
  'hard-swish': (x) => tf.div(tf.mul(x, tf.relu6(tf.add(x, 3))), 6),
  absolute: tf.abs,
}

function activation(name: ActivationFunction, shape: Shape): FloatCase {
  return floatCase({
    name: `${name}, ${shape.join('x')}`,
    op: 'activation',
    inputs: [shape],
    attributes: { function: name },
    range: 6,
    theirs: ([x]) => ACTIVATIONS[name](x),
  })
}

function clip(shape: Shape): FloatCase {
  return floatCase({
    name: `clip, ${shape.join('x')}`,
    op: 'clip',
    inputs: [shape],
    attributes: { minimum: 0, maximum: 6 },
    range: 8,
    theirs: ([x]) => tf.clipByValue(x, 0, 6),
  })
}

function affine(shape: Shape): FloatCase {
  const channels = shape.at(-1)!
  return floatCase({
    name: `scale and shift, ${shape.join('x')}`,
    op: 'affine',
    inputs: [shape],
    tensors: { scale: floats(channels), shift: floats(channels) },
    theirs: ([x], tensor) => tf.add(tf.mul(x, tensor('scale')), tensor('shift')),
  })
}

function prelu(shape: Shape): FloatCase {
  return floatCase({
    name: `PReLU, ${shape.join('x')}`,
    op: 'prelu',
    inputs: [shape],
    tensors: { slope: floats(shape.at(-1)!) },
    theirs: ([x], tensor) => tf.prelu(x, tensor('slope')),
  })
}

function broadcast(op: 'add' | 'multiply', a: Shape, b: Shape): FloatCase {
  return floatCase({
    name: `${op}, ${a.join('x')} and ${b.join('x')}`,
    op,
    inputs: [a, b],
    theirs: ([x, y]) => {
      // Aligned by the last axis like ours, without the batch.
      const second = tf.reshape(y, [1, ...new Array<number>(a.length - b.length).fill(1), ...b])
      return op === 'add' ? tf.add(x, second) : tf.mul(x, second)
    },
  })
}

/** A value with itself, with a gate per channel, with a map of the pixels, and with a single number. */
function broadcasts(op: 'add' | 'multiply', [height, width, channels]: Shape): FloatCase[] {
  const whole = [height, width, channels]
  return [whole, [channels], [height, width, 1], [1]].map((second) => broadcast(op, whole, second))
}

function softmax(...shape: number[]): FloatCase {
  return floatCase({
    name: `softmax, ${shape.join('x')}`,
    op: 'softmax',
    inputs: [shape],
    range: 6,
    theirs: ([x]) => tf.softmax(x),
  })
}

export function pointwiseCases(): FloatCase[] {
  const functions = Object.keys(ACTIVATIONS) as ActivationFunction[]
  return [
    ...functions.flatMap((name) => SHAPES.map((shape) => activation(name, shape))),
    ...SHAPES.flatMap((shape) => [clip(shape), affine(shape), prelu(shape)]),
    ...SHAPES.filter((shape) => elementCount(shape) > 512).flatMap((shape) => broadcasts('multiply', shape)),
    ...broadcasts('add', SHAPES[0]),
    broadcast('add', [7, 7, 512], [7, 7, 512]),
    broadcast('add', [512], [512]),
    softmax(10),
    softmax(1000),
    softmax(4096, 21),
    softmax(4096, 4),
  ]
}
