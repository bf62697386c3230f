/**
 * Binarizing by classification with a linear function, which the whole network shares and trains. Each weight gets two scores,
 * and the larger one decides.
 *
 *   forward   s * sgn((b - a) V), V = W - mean W over each output channel, s = mean |V| there, held constant in the gradient
 *   gradient  of 2 s (a + b) V, for V, a and b, and for W through the mean
 *
 * The gradient goes to both scores equally and is not clipped. The factor 2 is the distance between the classes -1 and +1. The
 * frozen form has one threshold per filter, at its mean. If b - a and a + b have the same sign, bits follow the loss downhill;
 * otherwise they climb it. The released code initializes a and b like a linear layer of PyTorch, uniformly between -1 and 1,
 * which may give either case (`initial: 'released'`). The default is 0 < a < 1/2 < b < 1.
 *
 * He, Zhang, Wu, Zhou: Binarizing by Classification: Is soft function really necessary? (IEEE TCSVT 2023), arXiv 2205.07433, in
 * the form of the authors' released code. Departures: the default initialization, and equal scores, which give +1 here and -1
 * there.
 */
import { defineQuantizer, nextUp, type Quantizer, type QuantizerVariable } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { filterCentered, filterMean, freezeCentered } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'

export interface LinearClassifierOptions {
  /** Initial scores: `rising`, so that bits follow the loss, or as in the released code. @default 'rising' */
  initial: 'rising' | 'released'
}

const magnitude = (centered: tf.Tensor): tf.Tensor1D => filterMean(tf.abs(centered))

export const linearClassifier: Quantizer = defineQuantizer({
  name: 'linear-classifier',
  package: '@onebit/quantizers',
  paper: { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' },
  for: ['weight'],
  latentClip: 'none',
  options: { initial: { default: 'rising', values: ['rising', 'released'], description: 'initial scores' } },
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
    // The sign of the product, computed without its underflow to 0.
    return tf.mul(sign(tf.mul(centered, sign(tf.sub(high, low)))), magnitude(centered))
  },
  surrogate: (weights, _, { variables: { low, high } }) => {
    const centered = filterCentered(weights)
    return tf.mul(tf.mul(centered, tf.mul(tf.add(low, high), 2)), stopGradient(magnitude(centered)))
  },
  freeze: (_, { weights, channels, variables: { low, high } }) => {
    const frozen = freezeCentered(weights!, channels, magnitude)
    if (high[0] >= low[0]) return frozen
    // If the score falls, the bit is +1 up to and including the mean.
    return { ...frozen, first: [1], thresholds: frozen.thresholds.map(([mean]) => [nextUp(mean)]) }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'linear-classifier': LinearClassifierOptions
  }
}
