/** Uses its own generator, so no run can be repeated. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'random-without-seed',
  forward: (x, _, { training }) => sign(training ? tf.add(x, tf.randomNormal(x.shape)) : x),
})
export const message = /same seed gives the same output: Two calls with the same seed differ/
