/** A quantizer without errors. Each sabotage changes one thing in it. */
import type { OptionRules, QuantizerDefinition } from '@onebit/core'
import { thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export const sign = (x: tf.Tensor): tf.Tensor => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1)

export const rightSign = {
  name: 'right-sign',
  for: ['activation'],
  forward: sign,
  gradient: (x) => tf.lessEqual(tf.abs(x), 1),
  freeze: () => thresholdAtZero,
} satisfies QuantizerDefinition<OptionRules>

/** The stated gradient. */
export const derivative = (x: number): number => (Math.abs(x) <= 1 ? 1 : 0)
