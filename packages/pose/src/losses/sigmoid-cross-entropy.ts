/**
 * Pixelwise sigmoid cross-entropy. Every pixel of a heat-map is its own yes-or-no prediction of the joint.
 *
 *   loss = mean over pixels of -(t log p + (1 - t) log(1 - p)),   p = sigmoid(x)
 *
 * Bulat, Tzimiropoulos: Binarized Convolutional Landmark Localizers (ICCV 2017), arXiv 1703.00862, where it beats L2 in binary
 * networks.
 */
import { defineLoss, type Loss } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { meanOverPixels, overHeatmaps, type PredictedHeatmaps } from './over-heatmaps.ts'

/** The least probability that is used, because the logarithm of 0 is infinite. */
const LEAST = 1e-7

function crossEntropy({ tensor, isLogits }: PredictedHeatmaps, target: tf.Tensor): tf.Tensor {
  // For logits, -(t log p + (1 - t) log(1 - p)) is softplus(x) - t x.
  if (isLogits) return tf.sub(tf.softplus(tensor), tf.mul(target, tensor))
  const p = tf.clipByValue(tensor, LEAST, 1 - LEAST)
  return tf.neg(tf.add(tf.mul(target, tf.log(p)), tf.mul(tf.sub(1, target), tf.log(tf.sub(1, p)))))
}

export const sigmoidCrossEntropy: Loss = defineLoss({
  name: 'sigmoid-cross-entropy',
  package: '@onebit/pose',
  paper: {
    title: 'Binarized Convolutional Landmark Localizers',
    authors: 'Bulat and Tzimiropoulos',
    year: 2017,
    arxiv: '1703.00862',
  },
  loss: (outputs, targets) =>
    overHeatmaps(outputs, targets, (predicted, target) => meanOverPixels(crossEntropy(predicted, target))),
})

declare module '@onebit/core' {
  interface LossNames {
    'sigmoid-cross-entropy': Record<never, never>
  }
}
