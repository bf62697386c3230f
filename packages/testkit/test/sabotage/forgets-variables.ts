/** Stores a learned value outside its variables, so a loaded model lacks it. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

let calls = 0

export default defineQuantizer({
  ...rightSign,
  name: 'forgets-variables',
  forward: (x) => {
    calls += 1
    return tf.mul(sign(x), calls % 2 === 0 ? 1 : -1)
  },
})
export const message = /a model that uses it saves and loads: A loaded model computes something else/
