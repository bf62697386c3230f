/**
 * k bits: 2^k evenly spaced levels, from 0 to 1 for activations and from -1 to +1 for weights. One bit gives {0, 1} with the step
 * at one half, or -1 and +1 with the step at 0.
 *
 *   forward   q(x) = round(n x) / n, n = 2^k - 1, halves to the even neighbor. Activations: q(clip(x, 0, 1)). Weights:
 *             2 q(tanh(W) / (2 M) + 1/2) - 1, M = the largest |tanh(W)| of the layer
 *   gradient  activations: 1 where 0 <= x <= 1, else 0. Weights: (1 - tanh(W)^2) / M, M held constant
 *
 * Zhou, Wu, Ni, Zhou, Wen, Zou: DoReFa-Net (2016), arXiv 1606.06160, equations 5, 6 and 9. For one bit, the paper instead uses
 * the sign times one mean magnitude per layer: `magnitude-aware-sign` with `scale: 'per-tensor'` and `gradient: 'identity'`. The
 * frozen form is a sum of n steps, so a layer runs as n binary convolutions.
 */
import { defineQuantizer, type FrozenQuantizer, float32AtOrdinal, float32Ordinal, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { statisticsOf } from './filter-statistics.ts'

export interface DorefaOptions {
  /** Number of bits, k. @default 2 */
  bits: number
}

function halvesToEven(x: number): number {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** The smallest float32 value that rounds to at least `step`, found by bisection over float32 on the forward formula itself. */
function firstAt(step: number, steps: number): number {
  let low = 0
  let high = float32Ordinal(1)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (halvesToEven(Math.fround(float32AtOrdinal(middle) * steps)) >= step) high = middle
    else low = middle + 1
  }
  return float32AtOrdinal(low)
}

/** n q(x) for x from 0 to 1: the number of steps below a value, an integer. */
const stepsTaken = (x: tf.Tensor, steps: number): tf.Tensor => tf.round(tf.mul(x, steps))

/** Keeps weights that are all 0 at 0. */
const TINY = 2 ** -100

const largestOf = (bounded: tf.Tensor): tf.Tensor => tf.maximum(tf.max(tf.abs(bounded)), TINY)

/** Subtracts the integers before the division, so that small levels keep all their digits. */
function weightLevels(weights: tf.Tensor, steps: number): tf.Tensor {
  const bounded = tf.tanh(weights)
  const taken = stepsTaken(tf.add(tf.div(bounded, tf.mul(largestOf(bounded), 2)), 0.5), steps)
  return tf.div(tf.sub(tf.mul(taken, 2), steps), steps)
}

/**
 * For each level above the lowest: the weights at which the level is entered or left, ascending. With rounding, tanh is not
 * monotone on every backend, so there may be more than one. They agree with the forward pass for every weight of the layer.
 */
function flipsOf(weights: Float32Array, channels: number, steps: number): number[][] {
  const [levels] = statisticsOf(weights, channels, (kernel) => [tf.reshape(weightLevels(kernel, steps), [-1])])
  const flips = Array.from({ length: steps }, (): number[] => [])
  let before = 0
  for (const index of Array.from(weights.keys()).sort((a, b) => weights[a] - weights[b])) {
    const taken = Math.round(((levels[index] + 1) / 2) * steps)
    for (let step = Math.min(before, taken); step < Math.max(before, taken); step++) flips[step].push(weights[index])
    before = taken
  }
  return flips
}

export const dorefa: Quantizer = defineQuantizer({
  name: 'dorefa',
  package: '@onebit/quantizers',
  paper: { title: 'DoReFa-Net', authors: 'Zhou et al.', year: 2016, arxiv: '1606.06160' },
  for: ['activation', 'weight'],
  levels: 'own',
  thresholds: 'several',
  latentClip: 'none',
  options: { bits: { default: 2, min: 1, max: 8, integer: true, description: 'bits, k' } },
  forward: (x, { bits }, { target }) => {
    const steps = 2 ** bits - 1
    return target === 'weight' ? weightLevels(x, steps) : tf.div(stepsTaken(tf.clipByValue(x, 0, 1), steps), steps)
  },
  gradient: (x, _, { target }) => {
    if (target === 'activation') return tf.logicalAnd(tf.greaterEqual(x, 0), tf.lessEqual(x, 1))
    const bounded = tf.tanh(x)
    return tf.div(tf.sub(1, tf.square(bounded)), largestOf(bounded))
  },
  freeze: ({ bits }, { target, weights, channels }) => {
    const steps = 2 ** bits - 1
    const thresholds =
      target === 'weight'
        ? flipsOf(weights!, channels, steps)
        : Array.from({ length: steps }, (_, index) => [firstAt(index + 1, steps)])
    const low = target === 'weight' ? -1 / steps : 0
    const [first, ...plus] = thresholds.map((list): FrozenQuantizer => {
      return { thresholds: [list], first: [-1], low: [low], high: [1 / steps] }
    })
    return { ...first, plus }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    dorefa: DorefaOptions
  }
}
