import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, withRandom } from '../test/test-support.ts'
import { FusedAdam } from './fused-adam.ts'

/** Runs Adam in float64 with the same gradients. Returns the weights after each step. */
function adamInFloat64(
  start: number,
  gradients: readonly number[],
  rate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
): number[] {
  let [weight, first, second] = [start, 0, 0]
  return gradients.map((gradient, index) => {
    first = beta1 * first + (1 - beta1) * gradient
    second = beta2 * second + (1 - beta2) * gradient ** 2
    const [mean, square] = [first / (1 - beta1 ** (index + 1)), second / (1 - beta2 ** (index + 1))]
    weight -= (rate * mean) / (Math.sqrt(square) + epsilon)
    return weight
  })
}

/** Takes ten steps on a quadratic with an optimizer. Returns the weights. */
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

  // Weights begin at 0 and a step is near 1, so only the step itself is rounded: a few times by 2 ** -23 of it. Shares computed in
  // float32 were off by 6.8e-6 of a step at the first one.
  test.each([
    [1, 'the first step'],
    [30, 'early steps'],
    [3000, 'many steps'],
  ])('takes the step of float64 to 1e-6 of it, after %i steps', (count) =>
    withRandom((random) => {
      const [rate, beta1, beta2, epsilon] = [1, 0.9, 0.999, 1e-7]
      // Five weights: four in a vector, one after it. Their gradients have a mean other than 0, so that steps do not vanish.
      const gradients = Array.from({ length: count }, () => random.values([5], 1.5))
      const fused = new FusedAdam(rate, beta1, beta2, epsilon)
      const weights = tf.variable(tf.zeros([5]))
      let before = weights.dataSync()
      for (const gradient of gradients) {
        weights.assign(tf.zerosLike(weights))
        before = weights.dataSync()
        const values = tf.tensor1d(gradient)
        fused.applyGradients([{ name: weights.name, tensor: values }])
        values.dispose()
      }
      const steps = weights.dataSync().map((value, index) => value - before[index])
      for (const [index, step] of steps.entries()) {
        const path = adamInFloat64(
          0,
          gradients.map((gradient) => gradient[index]),
          rate,
          beta1,
          beta2,
          epsilon,
        )
        const exact = path[count - 1] - (path[count - 2] ?? 0)
        expect(Math.abs(step / exact - 1)).toBeLessThan(1e-6)
      }
      tf.dispose(weights)
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
