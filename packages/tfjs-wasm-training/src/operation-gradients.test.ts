import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, expectClose, type Operand, type Random, valuesOn, withRandom } from '../test/test-support.ts'

type Compute = (...inputs: tf.Tensor[]) => tf.Tensor

/** The value of `compute` and its gradients in all float operands. Each element has a different weight. */
function withGradients(compute: Compute, operands: Operand[]) {
  const floats = operands.flatMap(({ dtype }, index) => (dtype === 'int32' ? [] : [index]))
  return (...inputs: tf.Tensor[]) => {
    const weighted = (...variables: tf.Tensor[]) => {
      const all = inputs.map((input, index) => (floats.includes(index) ? variables[floats.indexOf(index)] : input))
      const y = compute(...all)
      return tf.mul(y, tf.cos(tf.range(0, y.size)).reshape(y.shape)).sum()
    }
    return [compute(...inputs), ...tf.grads(weighted)(floats.map((index) => inputs[index]))]
  }
}

async function compare(name: string, compute: Compute, operands: Operand[], tolerance = 1e-4) {
  const run = withGradients(compute, operands)
  const expected = await valuesOn('cpu', operands, run)
  expectClose(
    await valuesOn('wasm', operands, run),
    expected,
    tolerance,
    `${name} on ${JSON.stringify(operands.map((o) => o.shape))}`,
  )
}

const floats = (random: Random, shape: number[], offset = 0): Operand => ({ shape, values: random.values(shape, offset) })
const t4 = (tensor: tf.Tensor) => tensor as tf.Tensor4D

/** Each operation that the training of a convolutional network uses, with its operands. */
const operations: [name: string, compute: Compute, operands: (random: Random) => Operand[]][] = [
  ['relu', (x) => tf.relu(x), (r) => [floats(r, [3, 5, 7])]],
  ['prelu', (x, a) => tf.prelu(x, a), (r) => [floats(r, [2, 3, 3, 5]), floats(r, [5])]],
  ['leakyRelu', (x) => tf.leakyRelu(x), (r) => [floats(r, [3, 5])]],
  ['elu', (x) => tf.elu(x), (r) => [floats(r, [3, 5])]],
  ['sigmoid', (x) => tf.sigmoid(x), (r) => [floats(r, [3, 5])]],
  ['tanh', (x) => tf.tanh(x), (r) => [floats(r, [3, 5])]],
  ['clip', (x) => tf.clipByValue(x, -0.5, 0.5), (r) => [floats(r, [3, 5, 3])]],
  ['sign', (x) => tf.sign(x), (r) => [floats(r, [3, 5])]],
  ['abs', (x) => tf.abs(x), (r) => [floats(r, [3, 5])]],
  ['square', (x) => tf.square(x), (r) => [floats(r, [3, 5])]],
  ['sqrt', (x) => tf.sqrt(x), (r) => [floats(r, [3, 5], 2)]],
  ['add, per channel', (a, b) => tf.add(a, b), (r) => [floats(r, [2, 4, 4, 6]), floats(r, [6])]],
  ['sub, per channel', (a, b) => tf.sub(a, b), (r) => [floats(r, [2, 4, 4, 6]), floats(r, [6])]],
  ['mul, per channel', (a, b) => tf.mul(a, b), (r) => [floats(r, [2, 4, 4, 6]), floats(r, [6])]],
  ['div, per channel', (a, b) => tf.div(a, b), (r) => [floats(r, [2, 4, 4, 6]), floats(r, [6], 3)]],
  ['mul, per sample', (a, b) => tf.mul(a, b), (r) => [floats(r, [2, 4, 4, 6]), floats(r, [2, 1, 1, 1])]],
  ['add, in the middle', (a, b) => tf.add(a, b), (r) => [floats(r, [2, 4, 3]), floats(r, [4, 1])]],
  ['reshape', (x) => tf.reshape(x, [10, 3]).mul(2), (r) => [floats(r, [2, 5, 3])]],
  ['clone', (x) => tf.clone(x).mul(3), (r) => [floats(r, [2, 5, 3])]],
  ['concat', (a, b) => tf.concat([a, b], 3), (r) => [floats(r, [2, 2, 2, 3]), floats(r, [2, 2, 2, 5])]],
  ['slice', (x) => tf.slice(x, [1, 0, 2], [1, 2, 3]), (r) => [floats(r, [3, 4, 6])]],
  [
    'pad',
    (x) =>
      tf.pad(x, [
        [0, 0],
        [1, 2],
        [2, 0],
        [0, 0],
      ]),
    (r) => [floats(r, [2, 3, 3, 4])],
  ],
  ['transpose', (x) => tf.transpose(x, [2, 0, 1]), (r) => [floats(r, [3, 4, 5])]],
  ['tile', (x) => tf.tile(x, [2, 1, 3]), (r) => [floats(r, [3, 4, 5])]],
  ['tile by one', (x) => tf.tile(x, [1, 1]), (r) => [floats(r, [3, 4])]],
  ['broadcastTo', (x) => tf.broadcastTo(x, [2, 3, 5]), (r) => [floats(r, [3, 1])]],
  [
    'gather',
    (x, i) => tf.gather(x, i as tf.Tensor1D),
    (r) => [floats(r, [6, 3, 5]), { shape: [4], values: Int32Array.of(5, 0, 2, 5), dtype: 'int32' }],
  ],
  [
    'gather, second axis',
    (x, i) => tf.gather(x, i as tf.Tensor1D, 1),
    (r) => [floats(r, [3, 6]), { shape: [4], values: Int32Array.of(5, 1, 2, 5), dtype: 'int32' }],
  ],
  ['matMul', (a, b) => tf.matMul(a, b), (r) => [floats(r, [5, 7]), floats(r, [7, 3])]],
  ['softmax', (x) => tf.softmax(x), (r) => [floats(r, [4, 10])]],
  [
    'softmaxCrossEntropy',
    (x, y) => tf.losses.softmaxCrossEntropy(tf.softmax(y), x),
    (r) => [floats(r, [4, 10]), floats(r, [4, 10])],
  ],
  ['meanSquaredError', (x, y) => tf.losses.meanSquaredError(y, x), (r) => [floats(r, [4, 10]), floats(r, [4, 10])]],
  ['dropout', (x) => tf.dropout(x, 0.4, undefined, 7), (r) => [floats(r, [4, 10])]],
  ['max', (x) => tf.max(x, -1), (r) => [floats(r, [4, 10])]],
  ['moments', (x) => tf.moments(x, [0, 1, 2]).variance, (r) => [floats(r, [4, 3, 3, 7])]],
  ['resizeBilinear', (x) => tf.image.resizeBilinear(t4(x), [6, 5]), (r) => [floats(r, [1, 3, 3, 2])]],
  [
    'batchNorm',
    (x, m, v, b, g) => tf.batchNorm(t4(x), m as tf.Tensor1D, v as tf.Tensor1D, b as tf.Tensor1D, g as tf.Tensor1D),
    (r) => [floats(r, [3, 4, 5, 7]), floats(r, [7]), floats(r, [7], 2), floats(r, [7]), floats(r, [7])],
  ],
  [
    'batchNorm of rank 2',
    (x, m, v, b, g) => tf.batchNorm(x as tf.Tensor2D, m as tf.Tensor1D, v as tf.Tensor1D, b as tf.Tensor1D, g as tf.Tensor1D),
    (r) => [floats(r, [6, 5]), floats(r, [5]), floats(r, [5], 2), floats(r, [5]), floats(r, [5])],
  ],
  [
    'separableConv2d',
    (x, d, p) => tf.separableConv2d(t4(x), t4(d), t4(p), 1, 'same'),
    (r) => [floats(r, [2, 5, 5, 3]), floats(r, [3, 3, 3, 2]), floats(r, [1, 1, 6, 4])],
  ],
]

describeInBothMemories('operations and their gradients', () => {
  test.each(operations)('%s equals the cpu backend', (name, compute, operands) =>
    withRandom((random) => compare(name, compute, operands(random))),
  )

  test.each([tf.sum, tf.mean])('reductions over random axes equal the cpu backend', (reduce) =>
    withRandom(async (random) => {
      for (let i = 0; i < 30; i++) {
        const shape = Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 9))
        const axes = shape.map((_, axis) => axis).filter(() => random.next() < 0.5)
        const keepDims = random.next() < 0.5
        await compare(`${reduce.name} over ${axes}`, (x) => reduce(x, axes.length > 0 ? axes : undefined, keepDims), [
          floats(random, shape, 0.5),
        ])
      }
    }),
  )

  test('sums do not lose digits to their length', async () => {
    await tf.setBackend('wasm')
    const sums = tf.tidy(() => [
      tf.fill([300_000, 3], 0.1).sum(0),
      tf.fill([300_000], 0.1).mean(),
      tf.fill([2, 300_000], 0.1).sum(1),
    ])
    for (const sum of sums) {
      for (const value of sum.dataSync()) expect(Math.abs(value / (sum.rank === 0 ? 0.1 : 30_000) - 1)).toBeLessThan(1e-5)
      sum.dispose()
    }
  })

  test('batchNorm without scale and offset equals the cpu backend', () =>
    withRandom(async (random) => {
      const operands = [floats(random, [3, 4, 5, 6]), floats(random, [6]), floats(random, [6], 2)]
      const run = (x: tf.Tensor, m: tf.Tensor, v: tf.Tensor) => [tf.batchNorm(t4(x), m as tf.Tensor1D, v as tf.Tensor1D)]
      expectClose(await valuesOn('wasm', operands, run), await valuesOn('cpu', operands, run), 1e-5, 'batchNorm')
    }))

  test('integer sums stay integers', () => {
    const sum = tf.tidy(() =>
      tf
        .tensor(
          [
            [1, 2],
            [3, 4],
          ],
          [2, 2],
          'int32',
        )
        .sum(0),
    )
    expect(sum.dtype).toBe('int32')
    expect([...sum.dataSync()]).toEqual([4, 6])
    sum.dispose()
  })

  test('a cast to another type and back keeps what the backend makes of it', () => {
    const values = tf.tidy(() => tf.tensor1d([1.5, -2.5, 0]).cast('int32').cast('float32').dataSync())
    expect([...values]).toEqual([1, -2, 0])
  })

  test('a clone survives the disposal of its original', () => {
    const original = tf.tensor1d([1, 2, 3])
    const copy = original.clone()
    original.dispose()
    expect([...copy.dataSync()]).toEqual([1, 2, 3])
    copy.dispose()
  })

  test('unsortedSegmentSum leaves out segments that do not exist', async () => {
    const sums = tf.tidy(() =>
      tf.unsortedSegmentSum(
        tf.tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
          [7, 8],
        ]),
        tf.tensor1d([2, -1, 2, 9], 'int32'),
        3,
      ),
    )
    expect([...sums.dataSync()]).toEqual([0, 0, 0, 0, 6, 8])
    sums.dispose()
  })
})
