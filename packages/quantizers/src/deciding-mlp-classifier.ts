/**
 * A small multilayer perceptron, applied to every value alone, decides the bit.
 *
 *   forward   sgn(m(x)), m(x) = sum over the hidden units of v u(w x + b), plus c, with sgn(0) = +1
 *   gradient  of clip(m(x), -1, 1), for x and for w, b, v, c alike
 *
 * A variant of ours on He, Zhang, Wu, Zhou: Binarizing by Classification (2022), arXiv 2205.07433, whose perceptron gives the gradient of
 * weights alone and never the bit (`mlp-classifier`). Here it decides: one perceptron for a layer or for each channel, hidden units that
 * look to the right and to the left in turn, so that it begins as a rising line of slope about 1 with breakpoints between -1 and 1. The
 * unit `u` is piecewise linear, so that the frozen form is exact: the sign changes at any number of thresholds a channel.
 */
import { type BinarizerClassifier, defineBinarizerClassifier, type OptionsOf } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'
import { type ScoreBounds, signIntervals } from './sign-intervals.ts'

const UNITS = ['relu', 'leaky-relu', 'hard-tanh'] as const
type Unit = (typeof UNITS)[number]

export interface DecidingMlpClassifierOptions {
  /** What shares one perceptron. @default 'per-layer' */
  sharing: 'per-layer' | 'per-channel'
  /** Hidden units. @default 8 */
  hidden: number
  /** What a hidden unit does to its sum. @default 'relu' */
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
  sharing: { default: 'per-layer', values: ['per-layer', 'per-channel'], description: 'what shares one perceptron' },
  hidden: { default: 8, min: 2, max: 64, integer: true, description: 'hidden units' },
  unit: { default: 'relu', values: UNITS, description: 'what a hidden unit does to its sum' },
} as const
type Options = OptionsOf<typeof options>

/** Units look to the right (+1) and to the left (-1) in turn; the learned weights multiply that. */
const side = (unit: number): 1 | -1 => (unit % 2 === 0 ? 1 : -1)

/** The score, one elementwise operation after the other in a fixed order, so that every backend rounds alike. */
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

/** The image of an interval under a monotone step of float32: between the images of its ends. */
function image([low, high]: Interval, step: (value: number) => number): Interval {
  const [a, b] = [step(low), step(high)]
  // Only 0 times an infinity is no number here, and then at one end or, if the ends are one, everywhere.
  if (Number.isNaN(a) || Number.isNaN(b)) return low === high ? [a, b] : ANYTHING
  return a <= b ? [a, b] : [b, a]
}

/** The float32 sum of two intervals. Both of its ends are NaN exactly if opposite infinities meet everywhere. */
function sum(a: Interval, b: Interval): Interval {
  const [low, high] = [Math.fround(a[0] + b[0]), Math.fround(a[1] + b[1])]
  return Number.isNaN(low) === Number.isNaN(high) ? [low, high] : ANYTHING
}

/** The steps of the score, in their order, on an interval. */
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
