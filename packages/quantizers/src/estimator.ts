/**
 * Differentiable replacements for the sign, for quantizers with learned variables. `ste` is the clip to [-clip, clip], with the
 * derivative 1 inside. `approx` is the piecewise quadratic with the derivative 2 - 2|z| where |z| <= 1 (Bi-Real Net, arXiv
 * 1808.00278, equation 3).
 */
import * as tf from '@tensorflow/tfjs-core'

export const ESTIMATORS = ['ste', 'approx'] as const
export type Estimator = (typeof ESTIMATORS)[number]

/** @param clip Half-width of the interval of `ste`. */
export function softSign(z: tf.Tensor, estimator: Estimator, clip = 1): tf.Tensor {
  if (estimator === 'ste') return tf.clipByValue(z, -clip, clip)
  const clipped = tf.clipByValue(z, -1, 1)
  return tf.mul(clipped, tf.sub(2, tf.abs(clipped)))
}
