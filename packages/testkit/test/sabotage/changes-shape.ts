/** Flattens its input. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign, sign } from './right-sign.ts'

export default defineQuantizer({ ...rightSign, name: 'changes-shape', forward: (x) => tf.reshape(sign(x), [-1]) })
export const message = /keeps the shape.*: Forward changes the shape\. Expected \[2, 4, 5, 3\], received \[120\]/
