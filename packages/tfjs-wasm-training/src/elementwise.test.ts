import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, type Operand, valuesOn, withRandom } from '../test/test-support.ts'

/** Operands drawn from these few values have ties and special cases. */
const specials = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 0.5]

const operations: [string, (a: tf.Tensor, b: tf.Tensor) => tf.Tensor, 'bool' | 'float32'][] = [
  ['greater', tf.greater, 'bool'],
  ['greaterEqual', tf.greaterEqual, 'bool'],
  ['less', tf.less, 'bool'],
  ['lessEqual', tf.lessEqual, 'bool'],
  ['equal', tf.equal, 'bool'],
  ['notEqual', tf.notEqual, 'bool'],
  ['minimum', tf.minimum, 'float32'],
  ['maximum', tf.maximum, 'float32'],
]

describeInBothMemories('elementwise operations', () => {
  test.each(operations)('%s equals the cpu backend, special values and broadcasts included', (name, compute, dtype) =>
    withRandom(async (random) => {
      const operand = (shape: number[], choices: number[]): Operand => ({
        shape,
        values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => random.pick(choices)),
      })
      // This broadcast is left to the stock kernels, which lose NaN in a minimum or maximum.
      const isStock = (shape: number[]) => shape.length === 1 && shape[0] === 5
      const finite = specials.filter(Number.isFinite)
      for (const [a, b] of [
        [[67], [67]],
        [[5, 7], []],
        [[], [3, 13]],
        [
          [1, 1],
          [4, 5],
        ],
        [[4, 5], [5]],
        [[1], [1]],
        [
          [2, 3, 16],
          [2, 3, 16],
        ],
      ]) {
        const choices = isStock(b) ? finite : specials
        const operands = [operand(a, choices), operand(b, choices)]
        const run = (x: tf.Tensor, y: tf.Tensor) => {
          const result = compute(x, y)
          expect(result.dtype).toBe(dtype)
          return [result]
        }
        const [actual] = await valuesOn('wasm', operands, run)
        const [expected] = await valuesOn('cpu', operands, run)
        expect(
          [...actual].map((value) => value + 0),
          `${name} of ${a} and ${b}`,
        ).toEqual([...expected].map((value) => value + 0))
      }
    }),
  )

  test('sign equals the cpu backend', async () => {
    const operands = [{ shape: [9], values: Float32Array.from([...specials, -3]) }]
    const run = (x: tf.Tensor) => [tf.sign(x)]
    expect(await valuesOn('wasm', operands, run)).toEqual(await valuesOn('cpu', operands, run))
  })

  test.each<[number[], number[], number[]]>([
    [[23], [23], [23]],
    [[3, 5], [3, 1], [5]],
    [[3, 5], [], [3, 5]],
  ])('where of %j, %j and %j equals the cpu backend', (...shapes) =>
    withRandom(async (random) => {
      const operands = shapes.map((shape) => ({ shape, values: random.values(shape) }))
      const run = (...[c, a, b]: tf.Tensor[]) => [tf.where(tf.greater(c, 0), a, b)]
      expectClose(await valuesOn('wasm', operands, run), await valuesOn('cpu', operands, run), 1e-7, 'where')
    }),
  )

  test('integer operands are left to the stock kernels', () => {
    const result = tf.tidy(() => tf.maximum(tf.tensor1d([1, 5], 'int32'), tf.scalar(3, 'int32')))
    expect(result.dtype).toBe('int32')
    expect([...result.dataSync()]).toEqual([3, 5])
    result.dispose()
  })
})
