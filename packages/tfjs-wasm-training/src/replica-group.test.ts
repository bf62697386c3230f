/** Batch normalization of two parts in a group equals that of the whole batch. */
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, withRandom } from '../test/test-support.ts'
import { batchNormalizationTraining } from './batch-normalization-training.ts'
import type { ReplicaGroup } from './replica-group.ts'

/** y, mean, variance, and the gradients of x, gamma and beta of a loss that reaches all three outputs. */
function normalize(x: tf.Tensor, weights: tf.Tensor, gamma: tf.Tensor1D, beta: tf.Tensor1D, share: number, group?: ReplicaGroup) {
  return tf.tidy(() => {
    const { y, mean, variance } = batchNormalizationTraining(x, gamma, beta, 1e-3, group)
    const gradients = tf.grads((a, b, c) => {
      const result = batchNormalizationTraining(a, b as tf.Tensor1D, c as tf.Tensor1D, 1e-3, group)
      const moments = result.mean.square().sum().add(result.variance.mul(3).sum())
      return result.y.mul(weights).sum().add(moments.mul(share))
    })([x, gamma, beta])
    return [y, mean, variance, ...gradients].map((tensor) => tensor.dataSync() as Float32Array)
  })
}

/**
 * Runs parts one after the other as if at the same time. In each pass, a part gets the values of the others from the pass before. After
 * as many passes as there are calls of `gather`, every call has got the right values.
 */
function inGroup<T>(parts: readonly ((group: ReplicaGroup) => T)[]): T[] {
  let before: Float64Array[][] = []
  let results: T[] = []
  for (let pass = 0; pass < 5; pass++) {
    const now: Float64Array[][] = []
    results = parts.map((run, replica) => {
      let meeting = 0
      const gather = (values: Float64Array): readonly Float64Array[] => {
        now[meeting] ??= []
        now[meeting][replica] = values.slice()
        const known = before[meeting++]
        return known ? known.with(replica, values) : [values]
      }
      return run({ gather })
    })
    before = now
  }
  return results
}

const joined = (...parts: Float32Array[]): Float32Array => Float32Array.from(parts.flatMap((part) => [...part]))
const added = (a: Float32Array, b: Float32Array): Float32Array => a.map((value, index) => value + b[index])

describeInBothMemories('batchNormalizationTraining in a group', () => {
  test.each([
    [[4, 5, 3, 6], 2],
    [[7, 3], 3],
    [[5, 2, 2, 32], 1],
  ])('of the parts of %j, split at %i, equals that of the whole, with all gradients', (shape, split) =>
    withRandom((random) => {
      const [size, channels] = [shape.slice(1).reduce((a, b) => a * b), shape[shape.length - 1]]
      // The parts have different means, so the moments of a part are far from those of the whole.
      const values = random.values(shape).map((value, index) => value + (index < split * size ? 5 : 0))
      const [x, weights] = [tf.tensor(values, shape), tf.tensor(random.values(shape), shape)]
      const [gamma, beta] = [tf.tensor1d(random.values([channels], 1)), tf.tensor1d(random.values([channels]))]
      const whole = normalize(x, weights, gamma, beta, 1)
      const part = (begin: number, count: number) => (group: ReplicaGroup) =>
        normalize(x.slice(begin, count), weights.slice(begin, count), gamma, beta, count / shape[0], group)
      const [first, second] = inGroup([part(0, split), part(split, shape[0] - split)])
      const merged = [
        joined(first[0], second[0]),
        first[1],
        first[2],
        joined(first[3], second[3]),
        added(first[4], second[4]),
        added(first[5], second[5]),
      ]
      expect([second[1], second[2]]).toEqual([first[1], first[2]])
      expectClose(merged, whole, 1e-4, JSON.stringify(shape))
    }),
  )

  test('keeps the variance of values far from zero', () =>
    withRandom((random) => {
      const far = (count: number) =>
        tf.tensor2d(
          Float32Array.from(random.values([count, 2]), (value) => 1000 + value),
          [count, 2],
        )
      const parts = [far(3000), far(5000)]
      const variance = (x: tf.Tensor, group?: ReplicaGroup) =>
        tf.tidy(() => batchNormalizationTraining(x, tf.ones([2]), tf.zeros([2]), 1e-3, group).variance.dataSync())
      const [merged] = inGroup(parts.map((x) => (group: ReplicaGroup) => variance(x, group)))
      for (const value of merged) expect(Math.abs(value * 3 - 1)).toBeLessThan(0.1)
    }))
})

test('is refused by other backends', async () => {
  await tf.setBackend('cpu')
  const group = { gather: (values: Float64Array) => [values] }
  expect(() => batchNormalizationTraining(tf.ones([4, 3]), tf.ones([3]), tf.zeros([3]), 1e-3, group)).toThrow(
    /is a training kernel/,
  )
})
