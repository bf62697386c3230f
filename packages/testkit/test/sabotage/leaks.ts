/** Keeps an intermediate tensor on every call. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'leaks', forward: (x) => tf.mul(tf.keep(sign(x)), 1) })
export const message = /leaves no tensor behind: .* leave 6 tensors behind/
