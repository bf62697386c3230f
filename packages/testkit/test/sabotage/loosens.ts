/** A schedule that runs backward: sharp at first, soft at the end. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'loosens',
  soft: true,
  forward: (x, _, { training, progress }) => (training ? tf.tanh(tf.mul(x, 10 - 9 * progress)) : sign(x)),
})
export const message = /progress only tightens it: Forward moves away from its levels at progress 0\.2/
