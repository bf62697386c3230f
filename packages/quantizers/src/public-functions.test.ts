/** Gives garbage to quantizers and their options: see `test/public-functions.ts`. */
import * as tf from '@tensorflow/tfjs'
import { testPublicFunctions } from '../../../test/public-functions.ts'
import * as quantizers from './index.ts'

await tf.setBackend('cpu')

testPublicFunctions(quantizers, {
  sign: [tf.tensor1d([1, -1])],
  signIntervals: [(low: number, high: number) => [low, high]],
})
