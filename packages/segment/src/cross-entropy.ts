/**
 * Cross-entropy of every pixel, `-sum over classes of target * log(probability)`. Pixels without a class do not count. The mean
 * is first over the pixels of each picture, then over the pictures, so dividing a batch among threads does not change its loss.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** The least probability that is used, because the logarithm of 0 is infinite. */
const LEAST = 1e-7

export const crossEntropy: Loss = defineLoss({
  name: 'cross-entropy',
  package: '@onebit/segment',
  loss: ({ scores: { tensor, isLogits } }, { mask }) => {
    const logarithms = isLogits ? tf.logSoftmax(tensor) : tf.log(tf.clipByValue(tensor, LEAST, 1))
    // A pixel without a class has only zeros as targets.
    const sums = tf.sum(tf.mul(mask, logarithms), [1, 2, 3])
    const counted = tf.maximum(tf.sum(mask, [1, 2, 3]), 1)
    return tf.neg(tf.mean(tf.div(sums, counted)) as tf.Scalar)
  },
})

declare module '@onebit/core' {
  interface LossNames {
    'cross-entropy': Record<never, never>
  }
}
