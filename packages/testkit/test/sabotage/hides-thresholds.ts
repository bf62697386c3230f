/** Has several thresholds per channel, but its listing says one. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'hides-thresholds',
  forward: (x) => sign(tf.sub(tf.abs(x), 1)),
  freeze: () => ({ thresholds: [[-0.9999999403953552, 1]], first: [1] }),
})
export const message = /freezes to several thresholds a channel and does not say so/
