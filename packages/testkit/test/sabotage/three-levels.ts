/** Gives 0 between -1 and +1. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'three-levels', forward: (x) => tf.clipByValue(x, -1, 1) })
export const message = /exactly its two levels: Forward gives .* for .*\. Expected -1 or \+1/
