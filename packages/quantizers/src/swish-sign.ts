/**
 * Sign with the gradient of a signed swish, which is slightly negative on both sides of the origin.
 *
 *   forward   sgn(x), with sgn(0) = +1
 *   gradient  beta (2 - beta x tanh(beta x / 2)) / (1 + cosh(beta x))
 *
 * Darabi, Belbahri, Courbariaux, Partovi Nia: Regularized Binary Network Training (2018), arXiv 1812.11800.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface SwishSignOptions {
  /** Sharpness of the swish. @default 5 */
  beta: number
}

export const swishSign: Quantizer = defineQuantizer({
  name: 'swish-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Regularized Binary Network Training', authors: 'Darabi et al.', year: 2018, arxiv: '1812.11800' },
  for: ['activation', 'weight'],
  options: { beta: { default: 5, min: 1e-3, max: 1e3, description: 'sharpness of the swish' } },
  forward: (x) => sign(x),
  gradient: (x, { beta }) => {
    // Beyond 40 the gradient is below 1e-15. The clip keeps infinities out of the product.
    const z = tf.clipByValue(tf.mul(x, beta), -40, 40)
    const sigmoid = tf.sigmoid(z)
    // 1 / (1 + cosh z) = 2 s(z) s(-z), without an overflow.
    const bell = tf.mul(tf.mul(sigmoid, tf.sigmoid(tf.neg(z))), 2 * beta)
    return tf.mul(bell, tf.sub(2, tf.mul(z, tf.tanh(tf.div(z, 2)))))
  },
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'swish-sign': SwishSignOptions
  }
}
