/**
 * Weights divided by a temperature that cools while training runs, clipped to [-1, 1]; the exact sign outside training.
 *
 *   forward   clip(W / T, -1, 1), T = decay^e in epoch e of `epochs`; sgn(W) once T is below 1e-7
 *   gradient  1; latent weights are kept in [-1.5, 1.5]
 *
 * Guo, Bethge, Meinel, Yang: Join the High Accuracy Club on ImageNet with a Binary Neural Network Ticket (BNext, 2022),
 * arXiv 2211.12933. The schedule is that of the authors' released code, T times 0.9 after each of 512 epochs: weights are soft for 153
 * epochs, 30 % of training, and exact signs after. A shorter run goes through the same temperatures in its share of the epochs. The code
 * evaluates at the temperature of the moment; here evaluation takes the exact sign, as the frozen model does.
 */
import { defineQuantizer, type Quantizer, thresholdAtZero } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'

export interface TemperatureSignOptions {
  /** What an epoch multiplies the temperature by. @default 0.9 */
  decay: number
  /** Epochs of the schedule; training as long as it is goes through all of them. @default 512 */
  epochs: number
}

/** From here down the clip is the sign for all weights that training tells apart. */
const FROZEN = 1e-7

export const temperatureSign: Quantizer = defineQuantizer({
  name: 'temperature-sign',
  package: '@onebit/quantizers',
  paper: { title: 'BNext', authors: 'Guo et al.', year: 2022, arxiv: '2211.12933' },
  for: ['weight'],
  soft: true,
  latentClip: 1.5,
  options: {
    decay: { default: 0.9, min: 0, max: 1, exclusive: 'both', description: 'what an epoch multiplies the temperature by' },
    epochs: { default: 512, min: 1, integer: true, description: 'epochs of the schedule' },
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
