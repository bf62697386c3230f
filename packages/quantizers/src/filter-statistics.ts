/**
 * Statistics over each output channel of a kernel of any rank, output channels last. Scales and shifts of weights are made from
 * them.
 */
import type { FrozenQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

/** Mean of each output channel: `[channels]`. */
export function filterMean(weights: tf.Tensor): tf.Tensor1D {
  return tf.mean(tf.reshape(weights, [-1, weights.shape.at(-1)!]), 0)
}

/** Weights minus the mean of their output channel. */
export function filterCentered(weights: tf.Tensor): tf.Tensor {
  return tf.sub(weights, filterMean(weights))
}

/**
 * Avoids a division by 0 for a filter of equal weights, in the value and in the slope of the root. It is too small to affect any
 * filter that trains.
 */
const TINY = 1e-12

/** Standard deviation of each output channel around its mean: `[channels]`, never 0. */
export function filterDeviation(centered: tf.Tensor): tf.Tensor1D {
  return tf.sqrt(tf.add(filterMean(tf.square(centered)), TINY) as tf.Tensor1D)
}

/**
 * Statistics of latent weights as plain numbers. They come from the same operations as in the forward pass, so that both round in
 * the same way. `weights` is row-major with `channels` last.
 */
export function statisticsOf(
  weights: Float32Array,
  channels: number,
  formulas: (weights: tf.Tensor2D) => readonly tf.Tensor[],
): number[][] {
  const tensors = tf.tidy(() => [...formulas(tf.tensor2d(weights, [weights.length / channels, channels]))])
  const values = tensors.map((tensor) => Array.from(tensor.dataSync()))
  tf.dispose(tensors)
  return values
}

/** The frozen form of scaled signs of centered weights: a threshold at each filter's mean, and the levels -s and +s. */
export function freezeCentered(
  weights: Float32Array,
  channels: number,
  scaleOf: (centered: tf.Tensor) => tf.Tensor,
): FrozenQuantizer {
  const [means, high] = statisticsOf(weights, channels, (kernel) => [filterMean(kernel), scaleOf(filterCentered(kernel))])
  return { thresholds: means.map((mean) => [mean]), first: [-1], low: high.map((scale) => -scale), high }
}
