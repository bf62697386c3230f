/**
 * Cross-entropy, `-sum over classes of target * log(probability)`, a mean over the batch. Its gradient with respect to the logits is
 * `probability - target`.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** The least probability that is used, because the logarithm of 0 is infinite. */
const LEAST = 1e-7

export const crossEntropy: Loss = defineLoss({
  name: 'cross-entropy',
  package: '@onebit/classify',
  loss: ({ scores: { tensor, isLogits } }, { label }) => {
    // On logits, it is exact even if the softmax saturates.
    if (isLogits) return tf.losses.softmaxCrossEntropy(label, tensor) as tf.Scalar
    const logarithms = tf.log(tf.clipByValue(tensor, LEAST, 1))
    return tf.neg(tf.mean(tf.sum(tf.mul(label, logarithms), -1)) as tf.Scalar)
  },
})

declare module '@onebit/core' {
  interface LossNames {
    'cross-entropy': Record<never, never>
  }
}
