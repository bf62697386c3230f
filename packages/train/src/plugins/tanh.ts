/**
 * No binarization: bounded real activations in place of the sign. The first stages of Real-to-Binary train with them, so that the
 * next stage finds activations in the range it will binarize.
 *
 *   forward   tanh(x)
 *   gradient  1 - tanh(x)^2
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Training binary neural networks with real-to-binary convolutions (ICLR 2020),
 * arXiv 2003.11535, section 4.2.
 */
import { defineQuantizer, FreezeError, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export const tanh: Quantizer = defineQuantizer({
  name: 'tanh',
  package: '@onebit/train',
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  for: ['activation'],
  thresholds: 'none',
  forward: (x) => tf.tanh(x),
  gradient: (x) => tf.sub(1, tf.square(tf.tanh(x))),
  freeze: () => {
    throw new FreezeError({
      what: `'tanh' is real: it has no bits to freeze.`,
      expected: 'a run that went on to a stage with binary activations',
      fix: 'Freeze a run whose last stage quantizes activations, with approx-sign, say.',
    })
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    tanh: Record<never, never>
  }
}
