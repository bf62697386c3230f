/**
 * Bits 0 and 1 instead of -1 and +1.
 *
 *   forward   1 where x > 0, else 0
 *   gradient  1 where |x| <= clip, else 0
 *
 * Hubara, Courbariaux, Soudry, El-Yaniv, Bengio: Binarized Neural Networks (2016), arXiv 1602.02830, with the levels of a step.
 */
import { defineQuantizer, nextUp, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export interface SteHeavisideOptions {
  /** Half-width of the interval that passes gradients. @default 1 */
  clip: number
}

export const steHeaviside: Quantizer = defineQuantizer({
  name: 'ste-heaviside',
  package: '@onebit/quantizers',
  paper: { title: 'Binarized Neural Networks', authors: 'Hubara et al.', year: 2016, arxiv: '1602.02830' },
  for: ['activation', 'weight'],
  levels: 'own',
  options: { clip: { default: 1, min: 0, description: 'half-width of the interval that passes gradients' } },
  forward: (x) => tf.cast(tf.greater(x, 0), 'float32'),
  gradient: (x, { clip }) => tf.lessEqual(tf.abs(x), clip),
  freeze: () => ({ thresholds: [[nextUp(0)]], first: [-1], low: [0], high: [1] }),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'ste-heaviside': SteHeavisideOptions
  }
}
