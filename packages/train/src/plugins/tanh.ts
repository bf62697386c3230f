/**
 * No binarization: bounded real values in place of the sign. The first stages of Real-to-Binary and Group-Net train with them, so
 * that the next stage finds activations in the range it will binarize.
 *
 *   forward   tanh(x)
 *   gradient  1 - tanh(x)^2
 *
 * Martinez, Yang, Bulat, Tzimiropoulos: Training binary neural networks with real-to-binary convolutions (ICLR 2020),
 * arXiv 2003.11535, section 4.2.
 */
import type { Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { defineStandIn } from './stand-in.ts'

export const tanh: Quantizer = defineStandIn({
  name: 'tanh',
  paper: { title: 'Real-to-Binary Convolutions', authors: 'Martinez et al.', year: 2020, arxiv: '2003.11535' },
  forward: (x) => tf.tanh(x),
  gradient: (x) => tf.sub(1, tf.square(tf.tanh(x))),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    tanh: Record<never, never>
  }
}
