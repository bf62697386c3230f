/**
 * Sign with a threshold that each channel learns.
 *
 *   forward   sgn(x - t), with sgn(0) = +1
 *   gradient  1 where |x - t| <= width, else 0, and its negative for t
 */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export const shiftedSign = defineQuantizer({
  name: 'shifted-sign',
  package: 'my-quantizers',
  for: ['activation'],
  options: { width: { default: 1, min: 0, description: 'half-width of the interval that lets gradients through' } },
  // Learned variables live in the layer, train with it and are saved with it.
  variables: (_, { channels }) => ({ threshold: { shape: [channels], initial: 0 } }),
  // A comparison, not a difference, so that the frozen threshold decides exactly alike.
  forward: (x, _, { variables }) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, variables.threshold), 'float32'), 2), 1),
  // The exact gradient of this stand-in is the pseudo-gradient, for x and for the threshold.
  surrogate: (x, { width }, { variables }) => tf.clipByValue(tf.sub(x, variables.threshold), -width, width),
  // One threshold per channel; below it the sign is -1.
  freeze: (_, { variables }) => ({ thresholds: Array.from(variables.threshold, (t) => [t]), first: [-1] }),
})
