/**
 * No binarization: a rectifier in place of the sign. It makes the float twin of a binary network.
 *
 *   forward   max(x, 0)
 *   gradient  1 where x > 0, else 0
 *   frozen    the same function of real values
 *
 * Nair, Hinton: Rectified Linear Units Improve Restricted Boltzmann Machines (ICML 2010; no arXiv number).
 */
import { defineQuantizer, FreezeError, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export const relu: Quantizer = defineQuantizer({
  name: 'relu',
  package: '@onebit/train',
  paper: { title: 'Rectified Linear Units', authors: 'Nair and Hinton', year: 2010 },
  for: ['activation'],
  thresholds: 'none',
  real: 'relu',
  forward: (x) => tf.relu(x),
  gradient: (x) => tf.greater(x, 0),
  freeze: () => {
    throw new FreezeError({ what: `'relu' is real: it has no thresholds.` })
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    relu: Record<never, never>
  }
}
