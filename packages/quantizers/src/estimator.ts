/**
 * Differentiable stand-ins for the sign, for quantizers that learn more than the bits. `ste` is the clip to [-1, 1], of derivative 1
 * where |z| <= 1; `approx` is the piecewise quadratic of derivative 2 - 2|z| there (Bi-Real Net, arXiv 1808.00278, equation 3).
 */
import * as tf from '@tensorflow/tfjs-core'

export const ESTIMATORS = ['ste', 'approx'] as const
export type Estimator = (typeof ESTIMATORS)[number]

export function softSign(z: tf.Tensor, estimator: Estimator): tf.Tensor {
  const clipped = tf.clipByValue(z, -1, 1)
  return estimator === 'ste' ? clipped : tf.mul(clipped, tf.sub(2, tf.abs(clipped)))
}
