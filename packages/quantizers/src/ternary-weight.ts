/**
 * Ternary weights with the threshold of least error for normally distributed weights.
 *
 *   forward   s * (+1 where W >= d, -1 where W < -d, else 0), d = 0.7 mean |W| over the layer, s = the mean magnitude of the nonzero
 *             weights, or 1
 *   gradient  1 where |W| <= 1, else 0
 *
 * Li, Liu: Ternary Weight Networks (2016), arXiv 1605.04711, sections 2.1 to 2.3.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { statisticsOf } from './filter-statistics.ts'
import { ternary, ternaryParts } from './ste-tern.ts'

export interface TernaryWeightOptions {
  /** Scales the levels to the weights. @default true */
  scaled: boolean
}

const thresholdOf = (weights: tf.Tensor): tf.Tensor => tf.mul(tf.mean(tf.abs(weights)), 0.7)

/** Mean magnitude of the weights that do not become 0, or 1 if all do. */
function scaleOf(weights: tf.Tensor, threshold: tf.Tensor): tf.Tensor {
  const kept = tf.abs(ternary(weights, threshold))
  const count = tf.sum(kept)
  const mean = tf.div(tf.sum(tf.mul(tf.abs(weights), kept)), tf.maximum(count, 1))
  return tf.add(mean, tf.cast(tf.equal(count, 0), 'float32'))
}

export const ternaryWeight: Quantizer = defineQuantizer({
  name: 'ternary-weight',
  package: '@onebit/quantizers',
  paper: { title: 'Ternary Weight Networks', authors: 'Li and Liu', year: 2016, arxiv: '1605.04711' },
  for: ['weight'],
  levels: 'own',
  thresholds: 'several',
  options: { scaled: { default: true, description: 'scale the levels to the weights' } },
  forward: (weights, { scaled }) => {
    const threshold = thresholdOf(weights)
    const levels = ternary(weights, threshold)
    return scaled ? tf.mul(levels, scaleOf(weights, threshold)) : levels
  },
  gradient: (weights) => tf.lessEqual(tf.abs(weights), 1),
  freeze: ({ scaled }, { weights, channels }) => {
    const [[threshold], [scale]] = statisticsOf(weights!, channels, (kernel) => {
      const limit = thresholdOf(kernel)
      return [limit, scaleOf(kernel, limit)]
    })
    return ternaryParts(threshold, scaled ? scale : 1)
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'ternary-weight': TernaryWeightOptions
  }
}
