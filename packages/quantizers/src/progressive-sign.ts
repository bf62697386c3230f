/**
 * A smooth step that becomes sharper during training. In inference it is the exact sign.
 *
 *   forward   tanh: tanh(l x)     sigmoid: 2 / (1 + exp(-l x)) - 1     softsign: l x / (1 + |l x|)
 *   gradient  l (1 - tanh(l x)^2)     2 l s(l x) (1 - s(l x))     l / (1 + |l x|)^2
 *
 * where l goes from `start` to `end` with the progress of training. Evaluation and frozen models use sgn(x), with sgn(0) = +1.
 *
 * Bulat, Tzimiropoulos, Kossaifi, Pantic: Improved training of binary networks for human pose estimation and image recognition
 * (2019), arXiv 1904.05868.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'
import { CURVES, type Curve, scheduled } from './training-schedule.ts'

const FORMS = ['tanh', 'sigmoid', 'softsign'] as const

export interface ProgressiveSignOptions {
  /** The smooth step. @default 'tanh' */
  form: (typeof FORMS)[number]
  /** Sharpness at the beginning of training. @default 1 */
  start: number
  /** Sharpness at the end of training. @default 65536 */
  end: number
  /** The path of the sharpness between them. @default 'exponential' */
  curve: Curve
}

/** Well before this value the softsign is 1 in float32. Its formula does not divide infinities yet. */
const FAR = 1e18

const steps: Record<ProgressiveSignOptions['form'], (z: tf.Tensor) => tf.Tensor> = {
  tanh: (z) => tf.tanh(z),
  // 2 s(z) - 1 = tanh(z / 2), without the cancellation near 0.
  sigmoid: (z) => tf.tanh(tf.div(z, 2)),
  softsign: (z) => tf.div(z, tf.add(1, tf.abs(z))),
}

const slopes: Record<ProgressiveSignOptions['form'], (z: tf.Tensor) => tf.Tensor> = {
  tanh: (z) => tf.sub(1, tf.square(tf.tanh(z))),
  sigmoid: (z) => tf.mul(tf.mul(tf.sigmoid(z), tf.sigmoid(tf.neg(z))), 2),
  softsign: (z) => tf.square(tf.reciprocal(tf.add(1, tf.abs(z)))),
}

export const progressiveSign: Quantizer = defineQuantizer({
  name: 'progressive-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Improved training of binary networks', authors: 'Bulat et al.', year: 2019, arxiv: '1904.05868' },
  for: ['activation', 'weight'],
  soft: true,
  options: {
    form: { default: 'tanh', values: FORMS, description: 'the smooth step' },
    start: { default: 1, min: 1e-6, max: 1e9, description: 'sharpness at the beginning of training' },
    end: { default: 65536, min: 1e-6, max: 1e9, description: 'sharpness at the end of training' },
    curve: { default: 'exponential', values: CURVES, description: 'path of the sharpness between them' },
  },
  forward: (x, { form, start, end, curve }, { training, progress }) => {
    if (!training) return sign(x)
    return steps[form](tf.clipByValue(tf.mul(x, scheduled(progress, start, end, curve)), -FAR, FAR))
  },
  gradient: (x, { form, start, end, curve }, { progress }) => {
    const sharpness = scheduled(progress, start, end, curve)
    return tf.mul(slopes[form](tf.clipByValue(tf.mul(x, sharpness), -FAR, FAR)), sharpness)
  },
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'progressive-sign': ProgressiveSignOptions
  }
}
