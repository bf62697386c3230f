/**
 * A coin weighted by the value, in training; the plain sign outside it.
 *
 *   forward   +1 with probability clip((x / c + 1) / 2, 0, 1), else -1
 *   gradient  1 where |x| <= c, else 0
 *
 * Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized Neural Networks (2016), arXiv 1602.02830, section 1.1, equation 2, where
 * c is 1. The sign outside training is one of the ways to test of Courbariaux, Bengio, David: BinaryConnect (NIPS 2015),
 * arXiv 1511.00363, section 2.6.
 *
 * On weights, choose c near the spread of the latent weights, as BinaryConnect's released code can (its H). Glorot's initial values
 * deviate by 0.08 in a 3x3 filter of 16 channels: with c = 1 every weight starts as a nearly even coin, and until the values have
 * traveled to -1 and +1 the layer computes noise in training and something else, the signs, outside it. The statistics that BatchNorm
 * gathered in between are those of the noise, so estimate them anew after training (`reestimateBatchNorm` of `@onebit/train`).
 * `docs/quantizers/stochastic-weights.md` has what each of the two is worth.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface StochasticSignOptions {
  /** The magnitude from which on the coin always falls on the side of the value, and gradients stop. @default 1 */
  clip: number
}

export const stochasticSign: Quantizer = defineQuantizer({
  name: 'stochastic-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' },
  for: ['activation', 'weight'],
  options: { clip: { default: 1, min: 1e-6, description: 'magnitude from which on the coin is certain' } },
  forward: (x, { clip }, { training, seed }) => {
    if (!training) return sign(x)
    // TensorFlow.js takes the seed 0 for none.
    const coin = tf.randomUniform(x.shape, -clip, clip, 'float32', seed + 1)
    return sign(tf.sub(x, coin))
  },
  gradient: (x, { clip }) => tf.lessEqual(tf.abs(x), clip),
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'stochastic-sign': StochasticSignOptions
  }
}
