/** Values up to and including 0.5 give +1, but the frozen flip is at 0.5 instead of at the next value above it. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({
  ...rightSign,
  name: 'freezes-one-step-off',
  forward: (x) => sign(tf.sub(0.5, x)),
  freeze: () => ({ thresholds: [[0.5]], first: [1] }),
})
export const message = /decides as its forward does.*: Frozen, it gives -1 for 0\.5 in channel 0\. .*next float32 above/
