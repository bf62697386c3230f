/** The quantizer of block tests: plain sign, straight-through estimator. */
import { type Configured, defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

const plugin = defineQuantizer({
  name: 'testkit-sign',
  package: '@onebit/testkit',
  for: ['activation', 'weight'],
  forward: (x) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1),
  gradient: (x) => tf.lessEqual(tf.abs(x), 1),
  freeze: () => thresholdAtZero,
})

export const plainSign: Configured<Quantizer> = { plugin, options: {} }
