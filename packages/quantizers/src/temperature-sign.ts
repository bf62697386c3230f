/**
 * Weights divided by a temperature that cools while training runs, clipped to [-1, 1]; the exact sign outside training.
 *
 *   forward   clip(W / T, -1, 1), T from `start` to `end` exponentially; sgn(W) once T is below 1e-7
 *   gradient  1 (latent weights are kept in [-1.5, 1.5] by the layer's `latentClip`)
 *
 * Guo, Bethge, Meinel, Yang: Join the High Accuracy Club on ImageNet with a Binary Neural Network Ticket (BNext, 2022),
 * arXiv 2211.12933, with the schedule of the authors' released code.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'
import { scheduled } from './training-schedule.ts'

export interface TemperatureSignOptions {
  /** Temperature when training begins. @default 1 */
  start: number
  /** Temperature when training ends. @default 1e-8 */
  end: number
}

/** From here down the clip is the sign for all weights that training tells apart. */
const FROZEN = 1e-7

export const temperatureSign: Quantizer = defineQuantizer({
  name: 'temperature-sign',
  package: '@onebit/quantizers',
  paper: { title: 'BNext', authors: 'Guo et al.', year: 2022, arxiv: '2211.12933' },
  for: ['weight'],
  soft: true,
  options: {
    start: { default: 1, min: 1e-12, max: 1e6, description: 'temperature when training begins' },
    end: { default: 1e-8, min: 1e-12, max: 1e6, description: 'temperature when training ends' },
  },
  forward: (weights, { start, end }, { training, progress }) => {
    const temperature = scheduled(progress, start, end)
    if (!training || temperature < FROZEN) return sign(weights)
    return tf.clipByValue(tf.div(weights, temperature), -1, 1)
  },
  gradient: (weights) => tf.onesLike(weights),
  freeze: () => thresholdAtZero,
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'temperature-sign': TemperatureSignOptions
  }
}
