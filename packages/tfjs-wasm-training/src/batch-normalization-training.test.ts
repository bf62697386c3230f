import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, valuesOn, withRandom } from '../test/test-support.ts'
import { batchNormalizationTraining } from './batch-normalization-training.ts'

const run = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) => {
  const forward = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor) => batchNormalizationTraining(a, b as tf.Tensor1D, c as tf.Tensor1D)
  const { y, mean, variance } = forward(x, gamma, beta)
  const weighted = tf.grads((a, b, c) => {
    const result = forward(a, b, c)
    const direct = tf.mul(result.y, tf.cos(tf.range(0, x.size)).reshape(x.shape)).sum()
    return direct.add(result.mean.square().sum()).add(result.variance.mul(3).sum())
  })([x, gamma, beta])
  return [y, mean, variance, ...weighted]
}

describeInBothMemories('batchNormalizationTraining', () => {
  test.each([[[7, 5]], [[1, 3]], [[3, 4, 5, 1]], [[2, 5, 3, 6]], [[5, 7, 9, 32]], [[2, 3, 3, 515]], [[67, 11, 3, 13]]])(
    'of %j equals the composition on the cpu backend, with all gradients',
    (shape) =>
      withRandom(async (random) => {
        const channels = [shape[shape.length - 1]]
        const operands = [
          { shape, values: random.values(shape) },
          { shape: channels, values: random.values(channels, 1) },
          { shape: channels, values: random.values(channels) },
        ]
        expectClose(await valuesOn('wasm', operands, run), await valuesOn('cpu', operands, run), 1e-4, JSON.stringify(shape))
      }),
  )

  test('has the variance of the population, not the estimate from a sample', () => {
    const x = tf.tensor2d([[1], [3]])
    const { mean, variance } = batchNormalizationTraining(x, tf.ones([1]), tf.zeros([1]))
    expect([mean.dataSync()[0], variance.dataSync()[0]]).toEqual([2, 1])
    // With a momentum of 0, the stock layer sets its variance to this.
    const layer = tf.layers.batchNormalization({ momentum: 0 })
    layer.apply(x, { training: true })
    expect(layer.getWeights()[3].dataSync()[0]).toBe(1)
    tf.dispose([x, mean, variance])
    layer.dispose()
  })

  test('keeps the variance of values far from zero', () =>
    withRandom((random) => {
      const rows = 20_000
      const values = random.values([rows, 3]).map((value) => 1000 + value)
      const [expected] = [values.reduce((sum, value) => sum + value, 0) / values.length]
      const exact = values.reduce((sum, value) => sum + (value - expected) ** 2, 0) / values.length
      const variance = tf.tidy(() =>
        batchNormalizationTraining(tf.tensor2d(values, [rows, 3]), tf.ones([3]), tf.zeros([3])).variance.dataSync(),
      )
      for (const value of variance) expect(Math.abs(value / exact - 1)).toBeLessThan(0.05)
    }))

  test('leaves no tensors behind', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      run(tf.ones([4, 3]), tf.ones([3]), tf.zeros([3]))
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  test('wants one gamma per channel', () => {
    expect(() => tf.tidy(() => batchNormalizationTraining(tf.ones([4, 3]), tf.ones([2]), tf.zeros([3])).y)).toThrow(
      /argument 'gamma'\. Expected a tensor of \[3\], received \[2\]/,
    )
  })
})
