/**
 * Binarizing by classification with a linear function, one for the whole network and trained with it: two scores a weight, the larger wins.
 *
 *   forward   s * sgn((a_2 - a_1) V), V = W - mean W over each output channel, s = mean |V| there, held constant in the gradient
 *   gradient  of 2 s (a_1 + a_2) V, for V, a_1 and a_2, and for W through the mean
 *
 * The gradient goes to both scores alike and is not clipped; the 2 is the distance of the classes -1 and +1. The scores begin as a linear
 * layer of PyTorch does, uniformly between -1 and 1. Frozen, one threshold a filter is left, at its mean.
 *
 * He, Zhang, Wu, Zhou: Binarizing by Classification: Is soft function really necessary? (IEEE TCSVT 2023), arXiv 2205.07433, in the form of
 * the authors' released code. The one departure: equal scores are +1 here, -1 there.
 */
import { defineQuantizer, nextUp, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { filterCentered, filterMean, freezeCentered } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'

const magnitude = (centered: tf.Tensor): tf.Tensor1D => filterMean(tf.abs(centered))

export const linearClassifier: Quantizer = defineQuantizer({
  name: 'linear-classifier',
  package: '@onebit/quantizers',
  paper: { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' },
  for: ['weight'],
  latentClip: 'none',
  variables: () => ({ slopes: { shape: [2], initial: { uniform: [-1, 1] }, extent: 'network' } }),
  forward: (weights, _, { variables: { slopes } }) => {
    const centered = filterCentered(weights)
    const [low, high] = tf.unstack(slopes)
    // The sign of the product, without its underflow to 0.
    return tf.mul(sign(tf.mul(centered, sign(tf.sub(high, low)))), magnitude(centered))
  },
  surrogate: (weights, _, { variables: { slopes } }) => {
    const centered = filterCentered(weights)
    return tf.mul(tf.mul(centered, tf.mul(tf.sum(slopes), 2)), stopGradient(magnitude(centered)))
  },
  freeze: (_, { weights, channels, variables: { slopes } }) => {
    const frozen = freezeCentered(weights!, channels, magnitude)
    if (slopes[1] >= slopes[0]) return frozen
    // Falling: +1 up to and including the mean.
    return { ...frozen, first: [1], thresholds: frozen.thresholds.map(([mean]) => [nextUp(mean)]) }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'linear-classifier': Record<never, never>
  }
}
