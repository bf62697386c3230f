/**
 * Sign with the gradient of a piecewise quadratic, which approximates the sign better than a clip.
 *
 *   forward   sgn(x), with sgn(0) = +1
 *   gradient  2 - 2|x| where |x| <= 1, else 0
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, equation 3.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export const approxSign: Quantizer = defineQuantizer({
  name: 'approx-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  for: ['activation', 'weight'],
  forward: (x) => sign(x),
  // 2 - 2|x| is negative exactly where |x| > 1, so one rectifier is the interval test.
  gradient: (x) => tf.relu(tf.sub(2, tf.mul(tf.abs(x), 2))),
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'approx-sign': Record<never, never>
  }
}
