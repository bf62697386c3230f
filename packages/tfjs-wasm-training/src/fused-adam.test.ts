import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { FusedAdam } from './fused-adam.ts'
import { describeInBothMemories, expectClose, withRandom } from './test-support.ts'

/** Ten steps on a quadratic with an optimizer; returns the weights. */
function descend(optimizer: tf.Optimizer, values: Float32Array, target: Float32Array): Float32Array {
  const weights = tf.variable(tf.tensor1d(values))
  for (let step = 0; step < 10; step++) {
    optimizer.minimize(
      () =>
        tf
          .sub(weights, tf.tensor1d(target))
          .square()
          .mul(tf.range(1, values.length + 1))
          .sum(),
      false,
      [weights],
    )
  }
  const result = Float32Array.from(weights.dataSync())
  weights.dispose()
  return result
}

describeInBothMemories('FusedAdam', () => {
  test.each([1, 4, 23])('takes the steps of stock Adam on %i weights', (size) =>
    withRandom((random) => {
      const values = random.values([size])
      const target = random.values([size])
      const [stock, fused] = [tf.train.adam(0.05, 0.8, 0.95), new FusedAdam(0.05, 0.8, 0.95)]
      expectClose([descend(fused, values, target)], [descend(stock, values, target)], 1e-5, 'weights')
      stock.dispose()
      fused.dispose()
    }),
  )

  test('continues from the saved state of stock Adam, and the other way around', () =>
    withRandom(async (random) => {
      const [values, target] = [random.values([5]), random.values([5])]
      for (const [first, second] of [
        [tf.train.adam(0.05), new FusedAdam(0.05)],
        [new FusedAdam(0.05), tf.train.adam(0.05)],
      ]) {
        const halfway = descend(first, values, target)
        await second.setWeights(await first.getWeights())
        expect(second.iterations).toBe(10)
        expectClose([descend(second, halfway, target)], [descend(first, halfway, target)], 1e-5, 'weights')
      }
    }))

  test('is saved as Adam, with its settings', () => {
    const optimizer = new FusedAdam(0.02, 0.7, 0.8, 1e-5)
    expect(optimizer.getClassName()).toBe('Adam')
    expect(optimizer.getConfig()).toEqual({ learningRate: 0.02, beta1: 0.7, beta2: 0.8, epsilon: 1e-5 })
    optimizer.dispose()
  })

  test('leaves no tensors behind', () => {
    const optimizer = new FusedAdam()
    const weights = tf.variable(tf.ones([3]))
    const step = () => optimizer.minimize(() => weights.square().sum(), false, [weights])
    step()
    const before = tf.memory().numTensors
    step()
    expect(tf.memory().numTensors).toBe(before)
    tf.dispose(weights)
    optimizer.dispose()
  })
})

test('FusedAdam takes the stock step on other backends', async () => {
  await tf.setBackend('cpu')
  const [values, target] = [Float32Array.of(1, 2, 3), Float32Array.of(0, 1, -1)]
  expect(descend(new FusedAdam(0.05), values, target)).toEqual(descend(tf.train.adam(0.05), values, target))
})
