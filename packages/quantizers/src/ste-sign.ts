/**
 * Sign with the straight-through estimator.
 *
 *   forward   sgn(x), with sgn(0) = +1
 *   gradient  1 where |x| <= clip, else 0
 *
 * Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized Neural Networks (2016), arXiv 1602.02830, section 1.3.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface SteSignOptions {
  /** Half-width of the interval that passes gradients. @default 1 */
  clip: number
}

export const steSign: Quantizer = defineQuantizer({
  name: 'ste-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' },
  for: ['activation', 'weight'],
  options: { clip: { default: 1, min: 0, description: 'half-width of the interval that passes gradients' } },
  // Without gradients, a latent weight beyond the clip would never come back.
  latentClip: ({ clip }) => clip,
  forward: (x) => sign(x),
  gradient: (x, { clip }) => tf.lessEqual(tf.abs(x), clip),
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'ste-sign': SteSignOptions
  }
}
