import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, type Operand, type Random, valuesOn, withRandom } from '../test/test-support.ts'

/** Parts of one shape but for the axis, and the axis, counted from the end at times. */
function randomParts(random: Random, dtype: Operand['dtype'], smallest: number): { parts: Operand[]; axis: number } {
  const shape = Array.from({ length: random.integer(1, 5) }, () => random.integer(1, 6))
  const axis = random.integer(0, shape.length - 1)
  const parts = Array.from({ length: random.integer(1, 4) }, () => {
    const own = shape.with(axis, random.integer(smallest, 40))
    const values = random.values(own)
    return { shape: own, dtype, values: dtype === 'int32' ? Int32Array.from(values, (value) => value * 1e6) : values }
  })
  return { parts, axis: random.next() < 0.5 ? axis : axis - shape.length }
}

const compare = async (operands: Operand[], run: (...inputs: tf.Tensor[]) => tf.Tensor[]) =>
  expect(await valuesOn('wasm', operands, run)).toEqual(await valuesOn('cpu', operands, run))

describeInBothMemories('concatenation', () => {
  test.each(['float32', 'int32'] as const)('concat and split of %s equal the cpu backend', (dtype) =>
    withRandom(async (random) => {
      for (let trial = 0; trial < 60; trial++) {
        const { parts, axis } = randomParts(random, dtype, trial % 3 === 0 ? 0 : 1)
        const sizes = parts.map(({ shape }) => shape.at(axis)!)
        await compare(parts, (...tensors) => [tf.concat(tensors, axis)])
        await compare(parts, (...tensors) => tf.split(tf.concat(tensors, axis), sizes, axis))
      }
    }),
  )

  test('the gradient of concat is each part of dy', () =>
    withRandom(async (random) => {
      for (let trial = 0; trial < 20; trial++) {
        const { parts, axis } = randomParts(random, 'float32', 1)
        await compare(parts, (...tensors) => {
          const weighted = (...xs: tf.Tensor[]) => {
            const y = tf.concat(xs, axis)
            return tf.mul(y, tf.range(0, y.size).reshape(y.shape)).sum() as tf.Scalar
          }
          return tf.grads(weighted)(tensors)
        })
      }
    }))

  test('booleans, whose elements are bytes, and a split into equal parts', async () => {
    await tf.setBackend('wasm')
    const [joined, parts] = tf.tidy(() => {
      const x = tf.tensor2d([1, 0, 1, 1, 0, 0], [2, 3], 'bool')
      const y = tf.concat([x, tf.logicalNot(x), x], 1)
      return [[...y.dataSync()], tf.split(y, 3, 1).map((part) => [part.dtype, ...part.dataSync()])]
    })
    expect(joined).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0])
    expect(parts).toEqual([
      ['bool', 1, 0, 1, 1, 0, 0],
      ['bool', 0, 1, 0, 0, 1, 1],
      ['bool', 1, 0, 1, 1, 0, 0],
    ])
  })

  test('strings stay with the stock kernels', async () => {
    await tf.setBackend('wasm')
    const joined = tf.tidy(() => tf.concat([tf.tensor2d(['a', 'b'], [2, 1]), tf.tensor2d(['c', 'd'], [2, 1])], 1).dataSync())
    expect([...joined]).toEqual(['a', 'c', 'b', 'd'])
  })

  test('parts of other sizes are refused', async () => {
    await tf.setBackend('wasm')
    expect(() => tf.concat([tf.zeros([2, 3]), tf.zeros([3, 3])], 1)).toThrow('does not match')
    expect(() => tf.split(tf.zeros([2, 5]), [2, 2], 1)).toThrow('must match')
  })
})
