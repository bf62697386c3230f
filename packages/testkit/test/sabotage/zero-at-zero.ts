/** tf.sign gives 0 for 0. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'zero-at-zero', forward: tf.sign })
export const message = /sign of 0 is \+1: Forward gives 0 for 0\./
