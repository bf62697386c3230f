import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, type Random, valuesOn, withRandom } from '../test/test-support.ts'

type Pad = 'same' | 'valid' | tf.backend_util.ExplicitPadding
type Pool = (x: tf.Tensor4D, window: [number, number], strides: [number, number], pad: Pad) => tf.Tensor4D

function weighted(pool: Pool, window: [number, number], strides: [number, number], pad: Pad) {
  return (x: tf.Tensor) =>
    tf.grads((a) => {
      const y = pool(a as tf.Tensor4D, window, strides, pad)
      return tf.mul(y, tf.cos(tf.range(0, y.size)).reshape(y.shape)).sum()
    })([x])
}

function randomCase(random: Random) {
  const window: [number, number] = [random.integer(1, 3), random.integer(1, 3)]
  const strides: [number, number] = [random.integer(1, 3), random.integer(1, 3)]
  const shape: [number, number, number, number] = [
    random.integer(1, 3),
    random.integer(3, 9),
    random.integer(3, 9),
    random.integer(1, 9),
  ]
  return { window, strides, shape }
}

describeInBothMemories('gradients of pooling', () => {
  test('maxPool equals the cpu backend', () =>
    withRandom(async (random) => {
      for (let i = 0; i < 30; i++) {
        const { window, strides, shape } = randomCase(random)
        const operands = [{ shape, values: random.values(shape) }]
        const margins = window.map((size) => (size > 2 ? 1 : 0))
        const symmetric: Pad = [
          [0, 0],
          [margins[0], margins[0]],
          [margins[1], margins[1]],
          [0, 0],
        ]
        const run = weighted(tf.maxPool as Pool, window, strides, random.pick<Pad>(['same', 'valid', symmetric]))
        const message = JSON.stringify({ window, strides, shape })
        expectClose(await valuesOn('wasm', operands, run), await valuesOn('cpu', operands, run), 1e-5, message)
      }
    }))

  test('maxPool of equal values gives the gradient to the first of them, as the cpu backend does', () =>
    withRandom(async (random) => {
      for (let i = 0; i < 20; i++) {
        const { window, strides, shape } = randomCase(random)
        const values = random.values(shape).map((value) => (value < 0 ? -1 : 1))
        const run = weighted(tf.maxPool as Pool, window, strides, 'valid')
        const operands = [{ shape, values }]
        expectClose(
          await valuesOn('wasm', operands, run),
          await valuesOn('cpu', operands, run),
          1e-5,
          JSON.stringify({ window, strides, shape }),
        )
      }
    }))

  test('avgPool inside the image equals the cpu backend', () =>
    withRandom(async (random) => {
      for (let i = 0; i < 20; i++) {
        const { window, strides, shape } = randomCase(random)
        const run = weighted(tf.avgPool as Pool, window, strides, 'valid')
        const operands = [{ shape, values: random.values(shape) }]
        expectClose(
          await valuesOn('wasm', operands, run),
          await valuesOn('cpu', operands, run),
          1e-5,
          JSON.stringify({ window, strides, shape }),
        )
      }
    }))

  test('avgPool over the border is the transpose of the forward pass', () =>
    withRandom(async (random) => {
      for (let i = 0; i < 20; i++) {
        const { window, strides, shape } = randomCase(random)
        // Average pooling is linear: <pool(v), w> = <v, gradient(w)> for all v.
        const v = tf.tensor(random.values(shape), shape) as tf.Tensor4D
        const pool = (x: tf.Tensor4D) => tf.avgPool(x, window, strides, 'same')
        const [forward, backward] = tf.tidy(() => {
          const y = pool(v)
          const w = tf.cos(tf.range(0, y.size)).reshape(y.shape)
          const gradient = tf.grad((x) => tf.mul(pool(x as tf.Tensor4D), w).sum())(v)
          return [tf.mul(y, w).sum().dataSync()[0], tf.mul(v, gradient).sum().dataSync()[0]]
        })
        expect(Math.abs(forward - backward), JSON.stringify({ window, strides, shape })).toBeLessThan(1e-4)
        v.dispose()
      }
    }))
})
