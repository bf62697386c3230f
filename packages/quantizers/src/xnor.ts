/**
 * Sign of the weights times their mean magnitude, with a gradient that includes the scale.
 *
 *   forward   a * sgn(W), a = mean |W| over each output channel; with `center`, W stands for W - mean W of its output channel
 *   gradient  `paper`: dW_i = g_i (1 / n + a [|W_i| <= 1])
 *             `exact`: dW_i = sgn(W_i) / n * sum_j g_j sgn(W_j) + g_i a [|W_i| <= 1], from the chain rule with the
 *             straight-through estimator for the sign
 *             `code`: dW_i = g_i (1 / n + a [|W_i| < 1]) (1 - 1 / c), c the input channels; `code-sgd` multiplies that by n
 *
 * Rastegari, Ordonez, Redmon, Farhadi: XNOR-Net (ECCV 2016), arXiv 1603.05279, sections 3.1 and 3.2. The scale of the input, K,
 * is the layer `InputScale` of `@onebit/layers`. `code` is the gradient of the authors' released code, and `code-sgd` its variant
 * for SGD. Neither passes through the centering, because the code centers the latent weights themselves after each step. The
 * released code subtracts the mean of each kernel position. This one subtracts the mean of the whole filter, so that one
 * threshold per filter is enough. For 1x1 kernels the two agree.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { softSign } from './estimator.ts'
import { filterCentered, filterMean, statisticsOf } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'

export interface XnorOptions {
  /** Subtract each filter's mean first. @default false */
  center: boolean
  /** The printed gradient, the one from the chain rule, or one of the released code. @default 'paper' */
  gradient: 'paper' | 'exact' | 'code' | 'code-sgd'
}

const centeredIf = (center: boolean, weights: tf.Tensor): tf.Tensor => (center ? filterCentered(weights) : weights)
const magnitude = (weights: tf.Tensor): tf.Tensor1D => filterMean(tf.abs(weights))

/** d out / d W of the released code, for each weight separately. */
function releasedFactor(centered: tf.Tensor, perFilter: number, inputs: number): tf.Tensor {
  const inside = tf.step(tf.sub(1, tf.abs(centered)))
  return tf.mul(tf.add(tf.mul(inside, magnitude(centered)), 1 / perFilter), 1 - 1 / inputs)
}

export const xnor: Quantizer = defineQuantizer({
  name: 'xnor',
  package: '@onebit/quantizers',
  paper: { title: 'XNOR-Net', authors: 'Rastegari et al.', year: 2016, arxiv: '1603.05279' },
  for: ['weight'],
  options: {
    center: { default: false, description: "subtract each filter's mean first" },
    gradient: {
      default: 'paper',
      values: ['paper', 'exact', 'code', 'code-sgd'],
      description: 'the printed gradient, the one from the chain rule, or those of the released code',
    },
  },
  forward: (weights, { center }) => {
    const centered = centeredIf(center, weights)
    return tf.mul(sign(centered), magnitude(centered))
  },
  surrogate: (weights, { center, gradient }) => {
    const centered = centeredIf(center, weights)
    const perFilter = weights.size / weights.shape.at(-1)!
    if (gradient === 'code' || gradient === 'code-sgd') {
      const factor = stopGradient(releasedFactor(centered, perFilter, weights.shape.at(-2)!))
      return tf.mul(weights, gradient === 'code' ? factor : tf.mul(factor, perFilter))
    }
    const signs = stopGradient(sign(centered))
    const through = tf.mul(stopGradient(magnitude(centered)), softSign(centered, 'ste'))
    if (gradient === 'exact') return tf.add(tf.mul(filterMean(tf.mul(centered, signs)), signs), through)
    return tf.add(tf.div(centered, perFilter), through)
  },
  freeze: ({ center }, { weights, channels }) => {
    const [means, high] = statisticsOf(weights!, channels, (kernel) => {
      return [filterMean(kernel), magnitude(centeredIf(center, kernel))]
    })
    const thresholds = center ? means.map((mean) => [mean]) : [[0]]
    return { thresholds, first: [-1], low: high.map((scale) => -scale), high }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    xnor: XnorOptions
  }
}
