/**
 * Three levels: half the sum of two signs.
 *
 *   forward   +1 where x >= threshold, -1 where x < -threshold, else 0
 *   gradient  1 where |x| <= clip, else 0
 *
 * Li, Liu: Ternary Weight Networks (2016), arXiv 1605.04711, equation 3, with a given threshold. `ternary-weight` computes the
 * threshold from the weights.
 */
import { defineQuantizer, type FrozenQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export interface SteTernOptions {
  /** Smaller magnitudes become 0. @default 0.05 */
  threshold: number
  /** Half-width of the interval that passes gradients. @default 1 */
  clip: number
}

/** -1, 0 or +1, with each comparison in float32. A value at the lower threshold gives 0, and a value at the upper one +1. */
export function ternary(x: tf.Tensor, threshold: tf.Tensor): tf.Tensor {
  const above = tf.cast(tf.greaterEqual(x, threshold), 'float32')
  return tf.sub(above, tf.cast(tf.less(x, tf.neg(threshold)), 'float32'))
}

/** Two signs with the levels -`scale` / 2 and +`scale` / 2. Their sum is -scale, 0 or +scale. */
export function ternaryParts(threshold: number, scale = 1): FrozenQuantizer {
  const part = (t: number): FrozenQuantizer => ({ thresholds: [[t]], first: [-1], low: [-scale / 2], high: [scale / 2] })
  return { ...part(-threshold), plus: [part(threshold)] }
}

export const steTern: Quantizer = defineQuantizer({
  name: 'ste-tern',
  package: '@onebit/quantizers',
  paper: { title: 'Ternary Weight Networks', authors: 'Li and Liu', year: 2016, arxiv: '1605.04711' },
  for: ['activation', 'weight'],
  levels: 'own',
  thresholds: 'several',
  options: {
    threshold: { default: 0.05, min: 0, max: 1e6, description: 'smaller magnitudes become 0' },
    clip: { default: 1, min: 0, description: 'half-width of the interval that passes gradients' },
  },
  forward: (x, { threshold }) => ternary(x, tf.scalar(threshold)),
  gradient: (x, { clip }) => tf.lessEqual(tf.abs(x), clip),
  freeze: ({ threshold }) => ternaryParts(Math.fround(threshold)),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'ste-tern': SteTernOptions
  }
}
