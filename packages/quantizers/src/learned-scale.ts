/**
 * Sign of the weights times a learned scale, instead of their mean magnitude.
 *
 *   forward   s * sgn(W), one s per output channel or one for all
 *   gradient  dW = g s [|W| <= 1], ds = sum of g sgn(W)
 *
 * Bulat, Tzimiropoulos: XNOR-Net++ (BMVC 2019), arXiv 1909.13863, section 4, case 1. In the other cases, factors over height and
 * width scale the output. They are the layer `LearnedScale` of `@onebit/layers`.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { softSign } from './estimator.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'

export interface LearnedScaleOptions {
  /** The scope of one scale. @default 'per-channel' */
  scale: 'per-channel' | 'per-tensor'
  /** Initial scale. @default 1 */
  initial: number
}

export const learnedScale: Quantizer = defineQuantizer({
  name: 'learned-scale',
  package: '@onebit/quantizers',
  paper: { title: 'XNOR-Net++', authors: 'Bulat and Tzimiropoulos', year: 2019, arxiv: '1909.13863' },
  for: ['weight'],
  options: {
    scale: { default: 'per-channel', values: ['per-channel', 'per-tensor'], description: 'scope of one scale' },
    initial: { default: 1, min: 1e-6, max: 1e6, description: 'initial scale' },
  },
  variables: ({ scale, initial }, { channels }) => ({ scale: { shape: [scale === 'per-channel' ? channels : 1], initial } }),
  forward: (weights, _, { variables }) => tf.mul(sign(weights), variables.scale),
  surrogate: (weights, _, { variables: { scale } }) => {
    const learned = tf.mul(stopGradient(sign(weights)), scale)
    return tf.add(learned, tf.mul(softSign(weights, 'ste'), stopGradient(scale)))
  },
  freeze: (_, { variables }) => {
    const high = Array.from(variables.scale)
    return { thresholds: [[0]], first: [-1], low: high.map((scale) => -scale), high }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'learned-scale': LearnedScaleOptions
  }
}
