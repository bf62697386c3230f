/**
 * A small multilayer perceptron decides the bit. It is applied to every value separately.
 *
 *   forward   sgn(m(x)), m(x) = sum over the hidden units of v u(w x + b), plus c, with sgn(0) = +1
 *   gradient  of clip(m(x), -1, 1), for x and for w, b, v, c
 *
 * This is our variant of He, Zhang, Wu, Zhou: Binarizing by Classification (2022), arXiv 2205.07433. The paper's perceptron only
 * gives the gradient of weights, never the bit (`mlp-classifier`). Here a perceptron per layer or per channel decides the bit.
 * Its hidden units face right and left in turn, so that it starts as a rising line of slope about 1 with breakpoints between -1
 * and 1. The unit `u` is piecewise linear, which makes the frozen form exact: the sign may change at any number of thresholds per
 * channel.
 */
import { type BinarizerClassifier, defineBinarizerClassifier, type OptionsOf } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'
import { type ScoreBounds, signIntervals } from './sign-intervals.ts'

const UNITS = ['relu', 'leaky-relu', 'hard-tanh'] as const
type Unit = (typeof UNITS)[number]

export interface DecidingMlpClassifierOptions {
  /** The scope of one perceptron. @default 'per-layer' */
  sharing: 'per-layer' | 'per-channel'
  /** Number of hidden units. @default 8 */
  hidden: number
  /** The nonlinearity of a hidden unit. @default 'relu' */
  unit: Unit
}

const LEAK = Math.fround(0.1)

const units: Record<Unit, { tensor(z: tf.Tensor): tf.Tensor; number(z: number): number }> = {
  relu: { tensor: (z) => tf.relu(z), number: (z) => Math.max(z, 0) },
  'leaky-relu': {
    tensor: (z) => tf.maximum(z, tf.mul(z, LEAK)),
    number: (z) => Math.max(z, Math.fround(z * LEAK)),
  },
  'hard-tanh': { tensor: (z) => tf.clipByValue(z, -1, 1), number: (z) => Math.min(Math.max(z, -1), 1) },
}

const options = {
  sharing: { default: 'per-layer', values: ['per-layer', 'per-channel'], description: 'scope of one perceptron' },
  hidden: { default: 8, min: 2, max: 64, integer: true, description: 'hidden units' },
  unit: { default: 'relu', values: UNITS, description: 'nonlinearity of a hidden unit' },
} as const
type Options = OptionsOf<typeof options>

/** Units face right (+1) and left (-1) in turn. This sign multiplies the learned weights. */
const side = (unit: number): 1 | -1 => (unit % 2 === 0 ? 1 : -1)

/** The score, computed by elementwise operations in a fixed order, so that every backend rounds in the same way. */
function decide(x: tf.Tensor, { unit }: Options, variables: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  const [incoming, bias, outgoing] = [variables.incoming, variables.bias, variables.outgoing].map((rows) => tf.unstack(rows))
  const terms = incoming.map((w, index) => {
    const z = tf.add(tf.mul(x, tf.mul(w, side(index))), bias[index])
    return tf.mul(units[unit].tensor(z), tf.mul(outgoing[index], side(index)))
  })
  return tf.add(
    terms.reduce((sum, term) => tf.add(sum, term)),
    variables.shift,
  )
}

type Interval = readonly [low: number, high: number]

const ANYTHING: Interval = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]

/** The image of an interval under a step that is monotone in float32: the interval between the images of its ends. */
function image([low, high]: Interval, step: (value: number) => number): Interval {
  const [a, b] = [step(low), step(high)]
  // Only 0 times an infinity is NaN here. It occurs at one end or, if the ends are equal, everywhere.
  if (Number.isNaN(a) || Number.isNaN(b)) return low === high ? [a, b] : ANYTHING
  return a <= b ? [a, b] : [b, a]
}

/** The float32 sum of two intervals. Both of its ends are NaN only if opposite infinities meet everywhere. */
function sum(a: Interval, b: Interval): Interval {
  const [low, high] = [Math.fround(a[0] + b[0]), Math.fround(a[1] + b[1])]
  return Number.isNaN(low) === Number.isNaN(high) ? [low, high] : ANYTHING
}

/** Applies the steps of the score, in order, to an interval. */
function boundsOf({ unit, hidden }: Options, variables: Readonly<Record<string, Float32Array>>, column: number): ScoreBounds {
  const { incoming, bias, outgoing, shift } = variables
  const columns = shift.length
  return (low, high) => {
    let score: Interval | undefined
    for (let index = 0; index < hidden; index++) {
      const [w, b, v] = [incoming, bias, outgoing].map((rows) => rows[index * columns + column])
      const z = image([low, high], (x) => Math.fround(Math.fround(x * w * side(index)) + b))
      const term = image(image(z, units[unit].number), (u) => Math.fround(u * v * side(index)))
      score = score ? sum(score, term) : term
    }
    return sum(score!, [shift[column], shift[column]])
  }
}

export const decidingMlpClassifier: BinarizerClassifier = defineBinarizerClassifier({
  name: 'deciding-mlp-classifier',
  package: '@onebit/quantizers',
  for: ['activation', 'weight'],
  thresholds: 'several',
  options,
  variables: ({ sharing, hidden }, { channels }) => {
    const columns = sharing === 'per-channel' ? channels : 1
    const shape = [hidden, columns]
    return {
      incoming: { shape, initial: { uniform: [0.5, 1.5] } },
      bias: { shape, initial: { uniform: [-1, 1] } },
      outgoing: { shape, initial: { uniform: [1 / hidden, 3 / hidden] } },
      shift: { shape: [columns], initial: 0 },
    }
  },
  decision: (x, given, { variables }) => decide(x, given, variables),
  forward: (x, given, { variables }) => sign(decide(x, given, variables)),
  surrogate: (x, given, { variables }) => tf.clipByValue(decide(x, given, variables), -1, 1),
  freeze: (given, { variables }) => {
    const intervals = Array.from(variables.shift, (_, column) => signIntervals(boundsOf(given, variables, column)))
    return { thresholds: intervals.map(({ thresholds }) => thresholds), first: intervals.map(({ first }) => first) }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'deciding-mlp-classifier': DecidingMlpClassifierOptions
  }
}
