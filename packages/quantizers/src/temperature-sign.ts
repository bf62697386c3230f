/**
 * Weights divided by a temperature that falls during training, clipped to [-1, 1]. In inference it is the exact sign.
 *
 *   forward   clip(W / T, -1, 1), T = decay^e in epoch e of `epochs`; sgn(W) once T is below 1e-7
 *   gradient  1; latent weights are clipped to [-1.5, 1.5]
 *
 * Guo, Bethge, Meinel, Yang: Join the High Accuracy Club on ImageNet with a Binary Neural Network Ticket (BNext, 2022), arXiv
 * 2211.12933. The schedule is that of the authors' released code: it multiplies T by 0.9 after each of 512 epochs. Weights are
 * soft for 153 epochs, 30 % of training, and exact signs afterwards. A shorter run goes through the same temperatures in the same
 * shares of its epochs. The released code evaluates at the current temperature. Here evaluation uses the exact sign, like the
 * frozen model.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface TemperatureSignOptions {
  /** Factor of the temperature per epoch. @default 0.9 */
  decay: number
  /** Number of epochs in the schedule. A run with that many epochs uses all of them. @default 512 */
  epochs: number
}

/** At this temperature the clip equals the sign for all weights that training can distinguish. */
const FROZEN = 1e-7

export const temperatureSign: Quantizer = defineQuantizer({
  name: 'temperature-sign',
  package: '@onebit/quantizers',
  paper: { title: 'BNext', authors: 'Guo et al.', year: 2022, arxiv: '2211.12933' },
  for: ['weight'],
  soft: true,
  latentClip: 1.5,
  options: {
    decay: { default: 0.9, min: 0, max: 1, exclusive: 'both', description: 'factor of the temperature per epoch' },
    epochs: { default: 512, min: 1, integer: true, description: 'number of epochs in the schedule' },
  },
  forward: (weights, { decay, epochs }, { training, progress }) => {
    const temperature = decay ** Math.floor(progress * epochs)
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
