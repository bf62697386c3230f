import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { startEngine } from '../engine.ts'
import { FusedBatchNorm } from './fused-batch-norm.ts'

beforeAll(async () => void (await startEngine('wasm')))

function normed(axis: number | readonly number[] = -1): tf.LayersModel {
  const model = tf.sequential()
  model.add(
    tf.layers.batchNormalization({ inputShape: [3, 5], axis: axis as number, momentum: 0.7, epsilon: 0.01, name: 'norm' }),
  )
  return model
}

/** Output, gradient of the input and all weights after a pass in training. */
function trained(model: tf.LayersModel): number[] {
  return tf.tidy(() => {
    const x = tf.randomUniform([4, 3, 5], -1, 2, 'float32', 1)
    const gradient = tf.grad((input: tf.Tensor) => (model.apply(input, { training: true }) as tf.Tensor).square().mul(x).sum())(x)
    const output = model.apply(x, { training: true }) as tf.Tensor
    return [output, gradient, ...model.getWeights()].flatMap((tensor) => Array.from(tensor.dataSync()))
  })
}

test.each([[-1], [2], [[2]]])('matches the stock layer of axis %j: output, gradient and moving statistics', (axis) => {
  const expected = trained(normed(axis))
  const model = normed(axis)
  const fused = FusedBatchNorm.take(model)
  expect(Object.hasOwn(model.getLayer('norm'), 'call')).toBe(true)
  const received = trained(model)
  expect(received).toHaveLength(expected.length)
  for (const [index, value] of received.entries()) expect(value).toBeCloseTo(expected[index], 4)
  fused.release()
  expect(Object.hasOwn(model.getLayer('norm'), 'call')).toBe(false)
})

test('in inference, the moving statistics normalize', () => {
  const x = tf.ones([1, 3, 5])
  const expected = (normed().predict(x) as tf.Tensor).dataSync()
  const model = normed()
  FusedBatchNorm.take(model)
  expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(expected)
})

test.each([[1], [[1]]])('the axis %j, not the last, is left to TensorFlow.js, and refused in a group', (axis) => {
  const model = normed(axis)
  FusedBatchNorm.take(model)
  expect(Object.hasOwn(model.getLayer('norm'), 'call')).toBe(false)
  const group = { gather: (values: Float64Array) => [values] }
  expect(() => FusedBatchNorm.take(model, group)).toThrow("layer 'norm' cannot be synchronized")
  expect(() => FusedBatchNorm.take(normed([2]), group)).not.toThrow()
})
