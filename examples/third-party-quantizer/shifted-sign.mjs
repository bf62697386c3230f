/**
 * Sign with a learned threshold per channel.
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
  // The layer stores learned variables, trains them and saves them.
  variables: (_, { channels }) => ({ threshold: { shape: [channels], initial: 0 } }),
  // Compare instead of subtracting, so that the frozen threshold decides in exactly the same way.
  forward: (x, _, { variables }) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, variables.threshold), 'float32'), 2), 1),
  // The exact gradient of this function is the pseudo-gradient, for x and for the threshold.
  surrogate: (x, { width }, { variables }) => tf.clipByValue(tf.sub(x, variables.threshold), -width, width),
  // One threshold per channel; below it the sign is -1.
  freeze: (_, { variables }) => ({ thresholds: Array.from(variables.threshold, (t) => [t]), first: [-1] }),
})
