import * as tf from '@tensorflow/tfjs-core'
import { fixed } from './fixed.ts'

/**
 * `|x|` with the gradient sign(x), which is 0 at 0. TensorFlow.js has -1 there, which would push a student away from its teacher.
 */
export const absolute = (x: tf.Tensor): tf.Tensor => tf.mul(x, fixed(tf.sign(x)))
