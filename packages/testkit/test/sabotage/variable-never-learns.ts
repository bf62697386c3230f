/** Declares a learned shift, but has a gradient only for the input. */
import { defineQuantizer, nextUp } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'variable-never-learns',
  variables: () => ({ shift: { shape: [1], initial: 0 } }),
  forward: (x, _, { variables }) => sign(tf.sub(x, variables.shift)),
  freeze: (_, { variables }) => ({ thresholds: [[variables.shift[0] === 0 ? 0 : nextUp(variables.shift[0])]], first: [-1] }),
})
export const message = /receives a gradient: .*(variable 'shift' receives no gradient|Cannot compute gradient)/
