/**
 * Sign with the gradient of a fixed tanh.
 *
 *   forward   sgn(x), with sgn(0) = +1
 *   gradient  t (1 - tanh(t x)^2)
 *
 * Gong, Liu, Jiang, Li, Hu, Lin, Yu, Yan: Differentiable Soft Quantization (ICCV 2019), arXiv 1908.05033, section 3.2, for one
 * bit and a fixed sharpness.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface TanhSignOptions {
  /** Sharpness of the tanh. @default 5 */
  sharpness: number
}

export const tanhSign: Quantizer = defineQuantizer({
  name: 'tanh-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Differentiable Soft Quantization', authors: 'Gong et al.', year: 2019, arxiv: '1908.05033' },
  for: ['activation', 'weight'],
  options: { sharpness: { default: 5, min: 1e-3, max: 1e5, description: 'sharpness of the tanh' } },
  forward: (x) => sign(x),
  gradient: (x, { sharpness }) => tf.mul(tf.sub(1, tf.square(tf.tanh(tf.mul(x, sharpness)))), sharpness),
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'tanh-sign': TanhSignOptions
  }
}
