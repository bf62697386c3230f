/**
 * Sign of the weights, scaled by their mean magnitude, so that updates depend on the magnitude of latent weights.
 *
 *   forward   a * sgn(W), a = mean |W| over each output channel (or over the whole tensor), a held constant in the gradient
 *   gradient  `paper`: a where |W| < 1, else 0      `code`: 1 where |W| <= 1, else 0      `identity`: 1
 *
 * Liu et al.: Bi-Real Net (ECCV 2018), arXiv 1808.00278, equations 6 and 7. The authors' released code passes the gradient of
 * clip(W, -1, 1) without the factor. Group-Net, Zhuang et al. (CVPR 2019), arXiv 1811.10413, uses a per-tensor scale with the
 * identity as gradient.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface MagnitudeAwareSignOptions {
  /** The scope of one scale. @default 'per-channel' */
  scale: 'per-channel' | 'per-tensor'
  /**
   * The paper's gradient, with the scale as a factor; the released code's gradient, without it; or the identity. @default 'paper'
   */
  gradient: 'paper' | 'code' | 'identity'
}

function meanMagnitude(weights: tf.Tensor, scale: MagnitudeAwareSignOptions['scale']): tf.Tensor {
  const magnitudes = tf.abs(weights)
  return scale === 'per-tensor' ? tf.mean(magnitudes) : tf.mean(tf.reshape(magnitudes, [-1, weights.shape.at(-1)!]), 0)
}

export const magnitudeAwareSign: Quantizer = defineQuantizer({
  name: 'magnitude-aware-sign',
  package: '@onebit/quantizers',
  paper: { title: 'Bi-Real Net', authors: 'Liu et al.', year: 2018, arxiv: '1808.00278' },
  for: ['weight'],
  latentClip: 'none',
  options: {
    scale: { default: 'per-channel', values: ['per-channel', 'per-tensor'], description: 'scope of one scale' },
    gradient: {
      default: 'paper',
      values: ['paper', 'code', 'identity'],
      description: 'pseudo-gradient: of the paper, of the released code, or the identity',
    },
  },
  forward: (weights, { scale }) => tf.mul(sign(weights), meanMagnitude(weights, scale)),
  gradient: (weights, options) => {
    if (options.gradient === 'identity') return tf.onesLike(weights)
    if (options.gradient === 'code') return tf.lessEqual(tf.abs(weights), 1)
    return tf.mul(tf.cast(tf.less(tf.abs(weights), 1), 'float32'), meanMagnitude(weights, options.scale))
  },
  freeze: ({ scale }, { weights, channels }) => {
    const sums = new Float64Array(channels)
    for (let i = 0; i < weights!.length; i++) sums[i % channels] += Math.abs(weights![i])
    const perChannel = Array.from(sums, (sum) => sum / (weights!.length / channels))
    const high = scale === 'per-channel' ? perChannel : [perChannel.reduce((sum, mean) => sum + mean, 0) / channels]
    return { thresholds: [[0]], first: [-1], low: high.map((value) => -value), high }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'magnitude-aware-sign': MagnitudeAwareSignOptions
  }
}
