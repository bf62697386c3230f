/**
 * A coin weighted by the value, in training; the plain sign outside it.
 *
 *   forward   +1 with probability clip((x + 1) / 2, 0, 1), else -1
 *   gradient  1 where |x| <= 1, else 0
 *
 * Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized Neural Networks (2016), arXiv 1602.02830, section 1.1, equation 2.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export const stochasticSign: Quantizer = defineQuantizer({
  name: 'stochastic-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' },
  for: ['activation', 'weight'],
  forward: (x, _, { training, seed }) => {
    if (!training) return sign(x)
    // TensorFlow.js takes the seed 0 for none.
    const coin = tf.randomUniform(x.shape, -1, 1, 'float32', seed + 1)
    return sign(tf.sub(x, coin))
  },
  gradient: (x) => tf.lessEqual(tf.abs(x), 1),
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'stochastic-sign': Record<never, never>
  }
}
