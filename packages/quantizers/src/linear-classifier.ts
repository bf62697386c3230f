/**
 * Binarizing by classification with a linear function, one for the whole network and trained with it: two scores a weight, the larger wins.
 *
 *   forward   s * sgn((b - a) V), V = W - mean W over each output channel, s = mean |V| there, held constant in the gradient
 *   gradient  of 2 s (a + b) V, for V, a and b, and for W through the mean
 *
 * The gradient goes to both scores alike and is not clipped; the 2 is the distance of the classes -1 and +1. Frozen, one threshold a filter is
 * left, at its mean. Bits follow the loss downhill while b - a and a + b have one sign, and climb it otherwise. The released code begins as a
 * linear layer of PyTorch does, uniformly between -1 and 1, which gives either (`initial: 'released'`); by default 0 < a < 1/2 < b < 1.
 *
 * He, Zhang, Wu, Zhou: Binarizing by Classification: Is soft function really necessary? (IEEE TCSVT 2023), arXiv 2205.07433, in the form of
 * the authors' released code. Departures: that beginning, and equal scores, +1 here, -1 there.
 */
import { defineQuantizer, nextUp, type Quantizer, type QuantizerVariable } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { filterCentered, filterMean, freezeCentered } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'

export interface LinearClassifierOptions {
  /** Whether the scores begin so that bits follow the loss, or as the released code does. @default 'rising' */
  initial: 'rising' | 'released'
}

const magnitude = (centered: tf.Tensor): tf.Tensor1D => filterMean(tf.abs(centered))

export const linearClassifier: Quantizer = defineQuantizer({
  name: 'linear-classifier',
  package: '@onebit/quantizers',
  paper: { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' },
  for: ['weight'],
  latentClip: 'none',
  options: { initial: { default: 'rising', values: ['rising', 'released'], description: 'how the scores begin' } },
  variables: ({ initial }) => {
    const between = (...edges: [low: number, high: number]): QuantizerVariable['initial'] => ({
      uniform: initial === 'rising' ? edges : [-1, 1],
    })
    return {
      low: { shape: [1], initial: between(0, 0.5), extent: 'network' },
      high: { shape: [1], initial: between(0.5, 1), extent: 'network' },
    }
  },
  forward: (weights, _, { variables: { low, high } }) => {
    const centered = filterCentered(weights)
    // The sign of the product, without its underflow to 0.
    return tf.mul(sign(tf.mul(centered, sign(tf.sub(high, low)))), magnitude(centered))
  },
  surrogate: (weights, _, { variables: { low, high } }) => {
    const centered = filterCentered(weights)
    return tf.mul(tf.mul(centered, tf.mul(tf.add(low, high), 2)), stopGradient(magnitude(centered)))
  },
  freeze: (_, { weights, channels, variables: { low, high } }) => {
    const frozen = freezeCentered(weights!, channels, magnitude)
    if (high[0] >= low[0]) return frozen
    // Falling: +1 up to and including the mean.
    return { ...frozen, first: [1], thresholds: frozen.thresholds.map(([mean]) => [nextUp(mean)]) }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'linear-classifier': LinearClassifierOptions
  }
}
