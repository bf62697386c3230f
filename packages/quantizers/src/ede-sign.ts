/**
 * Sign with the error decay estimator: a tanh that starts near the identity and ends near the sign.
 *
 *   forward   sgn(x), with sgn(0) = +1
 *   gradient  k t (1 - tanh(t x)^2), k = max(1 / t, 1), t from `start` to `end` exponentially in the progress of training
 *
 * Qin, Gong, Liu, Shen, Wei, Yu, Song: Forward and Backward Information Retention (IR-Net, CVPR 2020), arXiv 1909.10788,
 * section 3.3. The authors' released code starts at t = 0.001.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'
import { scheduled } from './training-schedule.ts'

export interface EdeSignOptions {
  /** Sharpness at the beginning of training. @default 0.1 */
  start: number
  /** Sharpness at the end of training. @default 10 */
  end: number
}

/** k tanh(t z). Its derivative is the estimator. */
export function errorDecay(z: tf.Tensor, sharpness: number): tf.Tensor {
  return tf.mul(tf.tanh(tf.mul(z, sharpness)), Math.max(1 / sharpness, 1))
}

export const edeSign: Quantizer = defineQuantizer({
  name: 'ede-sign',
  package: '@onebit/quantizers',
  paper: { title: 'IR-Net', authors: 'Qin et al.', year: 2020, arxiv: '1909.10788' },
  for: ['activation', 'weight'],
  latentClip: 'none',
  options: {
    start: { default: 0.1, min: 1e-6, max: 1e6, description: 'sharpness at the beginning of training' },
    end: { default: 10, min: 1e-6, max: 1e6, description: 'sharpness at the end of training' },
  },
  forward: (x) => sign(x),
  gradient: (x, { start, end }, { progress }) => {
    const sharpness = scheduled(progress, start, end)
    return tf.mul(tf.sub(1, tf.square(tf.tanh(tf.mul(x, sharpness)))), Math.max(1, sharpness))
  },
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'ede-sign': EdeSignOptions
  }
}
