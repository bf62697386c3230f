import * as tf from '@tensorflow/tfjs'
import { test } from 'vitest'
import { describeInBothMemories, expectClose, valuesOn, withRandom } from '../test/test-support.ts'

describeInBothMemories('gradients of depthwiseConv2d', () => {
  const gradients =
    (strides: [number, number], pad: 'same' | 'valid', dilations: [number, number]) => (x: tf.Tensor, w: tf.Tensor) =>
      tf.grads((a, b) => {
        const y = tf.depthwiseConv2d(a as tf.Tensor4D, b as tf.Tensor4D, strides, pad, 'NHWC', dilations)
        return tf.mul(y, tf.cos(tf.range(0, y.size)).reshape(y.shape)).sum()
      })([x, w])

  test(
    'equal the cpu backend over random shapes, strides and paddings',
    () =>
      withRandom(async (random) => {
        for (let i = 0; i < 40; i++) {
          const channels = random.pick([1, 2, 3, 5, 16, 17, 35])
          const input = [random.integer(1, 3), random.integer(4, 11), random.integer(4, 11), channels]
          const filter = [random.integer(1, 4), random.integer(1, 4), channels, random.pick([1, 1, 2, 3])]
          const strides: [number, number] = [random.integer(1, 3), 1]
          strides[1] = strides[0]
          const pad = random.pick(['same', 'valid'] as const)
          const operands = [input, filter].map((shape) => ({ shape, values: random.values(shape) }))
          const run = gradients(strides, pad, [1, 1])
          const message = JSON.stringify({ input, filter, strides, pad })
          expectClose(await valuesOn('wasm', operands, run), await valuesOn('cpu', operands, run), 1e-4, message)
        }
      }),
    30_000,
  )

  test('of a dilated convolution equal those of the filter with zeros in between', () =>
    withRandom(async (random) => {
      const x = { shape: [2, 9, 8, 5], values: random.values([2, 9, 8, 5]) }
      const w = { shape: [2, 2, 5, 1], values: random.values([2, 2, 5, 1]) }
      const spread = { shape: [3, 4, 5, 1], values: new Float32Array(60) }
      const places = [0, 3, 8, 11].flatMap((tap) => Array.from({ length: 5 }, (_, channel) => tap * 5 + channel))
      places.forEach((place, i) => {
        spread.values[place] = w.values[i]
      })
      const [dx, dw] = await valuesOn('cpu', [x, spread], gradients([1, 1], 'same', [1, 1]))
      const expected = [dx, Float32Array.from(places, (place) => dw[place])]
      expectClose(await valuesOn('wasm', [x, w], gradients([1, 1], 'same', [2, 3])), expected, 1e-4, 'dilations 2, 3')
    }))
})
