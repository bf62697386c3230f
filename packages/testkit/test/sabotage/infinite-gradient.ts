/** The gradient is 1 / x at 0. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'infinite-gradient', gradient: (x) => tf.div(1, tf.abs(x)) })
export const message = /number for every finite input: The gradient at 0 is Infinity/
