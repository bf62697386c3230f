/**
 * No binarization: a leaky clip in place of the sign. It is the second of the three initial steps of Bi-Real Net, between a ReLU
 * and a clip.
 *
 *   forward   x where |x| <= 1, else sgn(x) (1 + slope (|x| - 1))
 *   gradient  1 where |x| <= 1, else slope
 *
 * Liu, Wu, Luo, Yang, Liu, Cheng: Bi-Real Net (ECCV 2018), arXiv 1808.00278, sections 3.3 and 4.1, where the slope is 0.1.
 */
import type { Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { defineStandIn } from './stand-in.ts'

export const leakyClip: Quantizer = defineStandIn({
  name: 'leaky-clip',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  options: { slope: { default: 0.1, min: 0, max: 1, description: 'outside [-1, 1]' } },
  forward: (x, { slope }) => tf.add(tf.mul(tf.clipByValue(x, -1, 1), 1 - slope), tf.mul(x, slope)),
  gradient: (x, { slope }) => tf.where(tf.lessEqual(tf.abs(x), 1), tf.onesLike(x), tf.fill(x.shape, slope)),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'leaky-clip': { slope: number }
  }
}
