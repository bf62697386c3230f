/** Cuts off its surrogate's gradient, so the gradient that arrives differs from the surrogate's. */
import { defineQuantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { rightSign } from './right-sign.ts'

const { gradient: _, ...definition } = rightSign
const halved = tf.customGrad((x) => ({ value: tf.tanh(x as tf.Tensor), gradFunc: (dy: tf.Tensor) => tf.mul(dy, 0.5) }))

export default defineQuantizer({ ...definition, name: 'wrong-surrogate', surrogate: (x) => halved(x) })
export const smooth = true
export const message = /agree with finite differences.*: The gradient of value \d+ at .* is not that of the surrogate/
