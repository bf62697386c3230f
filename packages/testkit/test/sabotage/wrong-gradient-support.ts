/** Passes gradients up to 2, although the stated interval ends at 1. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'wrong-gradient-support', gradient: (x) => tf.lessEqual(tf.abs(x), 2) })
export const message = /closed form: The gradient at -2 .* is not the stated one\. Expected 0/
