/**
 * Gradient clipping: all gradients are scaled together, so that their common norm is at most a bound.
 *
 * Pascanu, Mikolov, Bengio: On the difficulty of training recurrent neural networks (ICML 2013), arXiv 1211.5063, algorithm 1.
 */
import * as tf from '@tensorflow/tfjs-core'

/** @param bound Maximum norm, above 0. */
export function clipGradients(gradients: readonly tf.Tensor[], bound: number): tf.Tensor[] {
  if (gradients.length === 0) return []
  const length = tf.sqrt(tf.addN(gradients.map((gradient) => tf.sum(tf.square(gradient)))))
  // Norms below the bound give a factor of exactly 1.
  const factor = tf.div(bound, tf.maximum(length, bound))
  return gradients.map((gradient) => tf.mul(gradient, factor))
}
