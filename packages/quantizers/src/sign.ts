/** sign(x) that is never zero: +1 for x >= 0 (both zeros included), -1 for x < 0 and for NaN. */
import { checkArgument, rules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export function sign(x: tf.Tensor): tf.Tensor {
  checkArgument('sign()', 'x', x, rules.tensor)
  return tf.tidy(() => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1))
}
