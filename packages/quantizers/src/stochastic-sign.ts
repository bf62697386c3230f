/**
 * In training a random sign, weighted by the value. In inference the plain sign.
 *
 *   forward   +1 with probability clip((x / c + 1) / 2, 0, 1), else -1
 *   gradient  1 where |x| <= c, else 0
 *
 * Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized Neural Networks (2016), arXiv 1602.02830, section 1.1, equation 2,
 * where c is 1. The sign in inference is one of the methods in Courbariaux, Bengio, David: BinaryConnect (NIPS 2015), arXiv
 * 1511.00363, section 2.6.
 *
 * For weights, choose c near the spread of the latent weights, as BinaryConnect's released code can (its H). Glorot's initial
 * values have a standard deviation of 0.08 in a 3x3 filter of 16 channels. So with c = 1 every weight starts as a nearly even
 * coin. Until the values have moved to -1 and +1, the layer computes noise in training, and signs in inference. The statistics
 * that BatchNorm gathers in between describe the noise. Estimate them again after training (`reestimateBatchNorm` of
 * `@onebit/train`). `docs/quantizers/stochastic-weights.md` measures both effects.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface StochasticSignOptions {
  /** From this magnitude on, the bit is always the sign of the value, and gradients stop. @default 1 */
  clip: number
}

export const stochasticSign: Quantizer = defineQuantizer({
  name: 'stochastic-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' },
  for: ['activation', 'weight'],
  options: { clip: { default: 1, min: 1e-6, description: 'from this magnitude on, the sign is certain' } },
  forward: (x, { clip }, { training, seed }) => {
    if (!training) return sign(x)
    // TensorFlow.js treats the seed 0 as no seed.
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
