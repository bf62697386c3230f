/** Passes values and blocks gradients. */
import * as tf from '@tensorflow/tfjs-core'

export function stopGradient(x: tf.Tensor): tf.Tensor {
  return tf.customGrad((value) => ({ value: tf.clone(value as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy) }))(x)
}
