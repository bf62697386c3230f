/**
 * No binarization: a clip in place of the sign. It is the last of the three initial steps of Bi-Real Net, after a ReLU and a
 * leaky clip.
 *
 *   forward   clip(x, -1, 1)
 *   gradient  1 where |x| <= 1, else 0
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, sections 3.3 and 4.1.
 */
import type { Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { defineStandIn } from './stand-in.ts'

export const clip: Quantizer = defineStandIn({
  name: 'clip',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  forward: (x) => tf.clipByValue(x, -1, 1),
  gradient: (x) => tf.lessEqual(tf.abs(x), 1),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    clip: Record<never, never>
  }
}
