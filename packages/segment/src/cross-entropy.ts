/**
 * Cross-entropy of every pixel, `-sum over classes of target * log(probability)`. Pixels of no class do not count. It is a mean over the
 * pixels of each picture first, then over the pictures: so a batch that is shared out over threads has the loss of the whole.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** The least probability that counts: the logarithm of 0 has no end. */
const LEAST = 1e-7

export const crossEntropy: Loss = defineLoss({
  name: 'cross-entropy',
  package: '@onebit/segment',
  loss: ({ scores: { tensor, isLogits } }, { mask }) => {
    const logarithms = isLogits ? tf.logSoftmax(tensor) : tf.log(tf.clipByValue(tensor, LEAST, 1))
    // Of a pixel of no class, all targets are 0.
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
