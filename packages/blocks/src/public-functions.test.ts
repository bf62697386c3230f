/** Calls blocks, their options and their parts with garbage: see `test/public-functions.ts`. */
import { createRegistry } from '@onebit/core'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { type Trial, testPublicFunctions } from '../../../test/public-functions.ts'
import * as blocks from './index.ts'

await tf.setBackend('cpu')

const sign = createRegistry([quantizers]).quantizer('ste-sign')
const image = tf.input({ shape: [4, 4, 2] })
const context = { name: 'b', filters: 4, strides: 2, dilation: 1, activation: sign, weight: sign }
const { filters, strides, activation, weight } = context

const options = (good: readonly unknown[], ...places: number[]): Trial => ({ good, options: places })

testPublicFunctions(blocks, {
  binaryDownsample: options([image, 'b', 4, 2, { activation, weight }], 4),
  channelGate: options([image, image, 'b', { ratio: 2, initializer: 'he-normal', useBias: true }], 3),
  realDownsample: [image, 'b', 4, 2],
  shortcut: options(['binary', image, 'b', { filters, strides, activation, weight }], 3),
  shortcutPerConvolution: options([image, 'binary', context, (value: unknown) => value], 2),
})
