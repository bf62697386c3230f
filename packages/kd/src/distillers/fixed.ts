import { checkArguments, rules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/**
 * The same values without a gradient into their inputs, so a teacher does not change.
 * @throws OptionError unless it is given a tensor.
 */
export function fixed<T extends tf.Tensor>(x: T): T {
  checkArguments('fixed()', { x: [x, rules.tensor] })
  return tf.customGrad((value) => ({
    value: tf.clone(value as tf.Tensor),
    gradFunc: (slope: tf.Tensor) => tf.zerosLike(slope),
  }))(x) as T
}
