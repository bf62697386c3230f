/** Every operation that trains a convolutional network, forward and backward: each engine equals plain JavaScript to 1e-4. */
import { Random } from '@onebit/data'
import { startEngine } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { expect, onTestFailed, test } from 'vitest'
import { describeOnEngine } from './optional-engine.ts'

const TOLERANCE = 1e-4
const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 1_000_000)

type Shape = readonly number[]
type Compute = (...inputs: tf.Tensor[]) => tf.Tensor

const t1 = (x: tf.Tensor): tf.Tensor1D => x as tf.Tensor1D
const t2 = (x: tf.Tensor): tf.Tensor2D => x as tf.Tensor2D
const t4 = (x: tf.Tensor): tf.Tensor4D => x as tf.Tensor4D
/** Values away from zero, for divisors and variances. */
const positive = (x: tf.Tensor): tf.Tensor => tf.add(tf.abs(x), 0.5)

/**
 * If a window reaches over the border, the forward pass divides by the number of values inside. In the gradient, plain JavaScript
 * and WebGPU divide by the size of the whole window instead. The kernels for wasm, and native TensorFlow, compute the true
 * transpose of the forward pass.
 */
const BORDER = 'avgPool over the border'

/** Compares a ramp with a bound and counts per channel: enough values that WebGPU computes it on the adapter. */
const shares = (): tf.Tensor =>
  tf.mean(tf.cast(tf.greater(tf.reshape(tf.range(0, 1920), [6, 5, 4, 16]), 700), 'float32'), [0, 1, 2])

const operations: readonly [name: string, compute: Compute, ...shapes: Shape[]][] = [
  ['conv2d', (x, w) => tf.conv2d(t4(x), t4(w), 1, 'same'), [2, 7, 6, 3], [3, 3, 3, 5]],
  ['conv2d, strides and valid padding', (x, w) => tf.conv2d(t4(x), t4(w), [2, 1], 'valid'), [2, 9, 7, 3], [3, 2, 3, 4]],
  [
    'conv2d, explicit padding',
    (x, w) =>
      tf.conv2d(
        tf.pad(t4(x), [
          [0, 0],
          [1, 1],
          [1, 1],
          [0, 0],
        ]),
        t4(w),
        2,
        'valid',
      ),
    [2, 8, 8, 2],
    [3, 3, 2, 4],
  ], // prettier-ignore
  ['conv2d, 1x1', (x, w) => tf.conv2d(t4(x), t4(w), 1, 'same'), [2, 5, 5, 8], [1, 1, 8, 6]],
  ['depthwiseConv2d', (x, w) => tf.depthwiseConv2d(t4(x), t4(w), 1, 'same'), [2, 6, 6, 3], [3, 3, 3, 2]],
  ['depthwiseConv2d, strides', (x, w) => tf.depthwiseConv2d(t4(x), t4(w), 2, 'same'), [2, 7, 7, 4], [3, 3, 4, 1]],
  ['maxPool', (x) => tf.maxPool(t4(x), 2, 2, 'same'), [2, 7, 6, 3]],
  ['maxPool, overlapping', (x) => tf.maxPool(t4(x), 3, 2, 'same'), [2, 8, 8, 3]],
  ['avgPool', (x) => tf.avgPool(t4(x), 2, 2, 'valid'), [2, 6, 6, 3]],
  [BORDER, (x) => tf.avgPool(t4(x), 3, 2, 'same'), [2, 7, 7, 3]],
  ['batchNorm', (x, m, v, b, g) => tf.batchNorm(t4(x), t1(m), t1(positive(v)), t1(b), t1(g)), [3, 4, 5, 7], [7], [7], [7], [7]],
  ['moments', (x) => tf.moments(x, [0, 1, 2]).variance, [4, 3, 3, 7]],
  ['matMul', (a, b) => tf.matMul(a, b), [5, 7], [7, 3]],
  ['relu', (x) => tf.relu(x), [3, 5, 7]],
  ['prelu', (x, a) => tf.prelu(x, a), [2, 3, 3, 5], [5]],
  ['leakyRelu', (x) => tf.leakyRelu(x), [3, 5]],
  ['sigmoid', (x) => tf.sigmoid(x), [3, 5]],
  ['tanh', (x) => tf.tanh(x), [3, 5]],
  ['clipByValue', (x) => tf.clipByValue(x, -0.5, 0.5), [3, 5, 3]],
  ['sign and abs', (x) => tf.mul(tf.sign(x), tf.abs(x)), [3, 5]],
  ['where', (a, b) => tf.where(tf.greater(tf.range(0, 9), 4), tf.square(a), tf.neg(b)), [4, 9], [4, 9]],
  ['square and sqrt', (x) => tf.sqrt(tf.add(tf.square(x), 1)), [3, 5]],
  ['add, per channel', (a, b) => tf.add(a, b), [2, 4, 4, 6], [6]],
  ['mul, per channel', (a, b) => tf.mul(a, b), [2, 4, 4, 6], [6]],
  ['div, per channel', (a, b) => tf.div(a, positive(b)), [2, 4, 4, 6], [6]],
  ['shares of truth values', (x) => tf.mul(x, shares()), [16]],
  ['mean', (x) => tf.mean(x, [1, 2]), [2, 4, 5, 3]],
  ['sum', (x) => tf.sum(x, [0, 3], true), [2, 4, 5, 3]],
  ['max', (x) => tf.max(x, -1), [4, 10]],
  ['concat', (a, b) => tf.concat([a, b], 3), [2, 2, 2, 3], [2, 2, 2, 5]],
  ['slice', (x) => tf.slice(x, [1, 0, 2], [1, 2, 3]), [3, 4, 6]],
  ['transpose', (x) => tf.transpose(x, [2, 0, 1]), [3, 4, 5]],
  ['tile', (x) => tf.tile(x, [2, 1, 3]), [3, 4, 5]],
  ['gather', (x) => tf.gather(x, tf.tensor1d([5, 0, 2, 5], 'int32')), [6, 3, 5]],
  ['resizeBilinear', (x) => tf.image.resizeBilinear(t4(x), [6, 5]), [1, 3, 3, 2]],
  ['softmax', (x) => tf.softmax(x), [4, 10]],
  ['softmaxCrossEntropy', (x, y) => tf.losses.softmaxCrossEntropy(tf.softmax(t2(y)), t2(x)), [4, 10], [4, 10]],
]

/** The value of `compute` and its gradients with respect to all inputs, weighted so that no two elements count the same. */
async function run(compute: Compute, shapes: readonly Shape[], random: Random): Promise<Float32Array[]> {
  const operands = shapes.map((shape) =>
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * random.uniform() - 1),
  )
  const results = tf.tidy(() => {
    const inputs = operands.map((values, index) => tf.tensor(values, [...shapes[index]]))
    const weighted = (...variables: tf.Tensor[]): tf.Scalar => {
      const y = compute(...variables)
      return tf.sum(
        tf.mul(
          y,
          tf.tensor(
            Float32Array.from({ length: y.size }, (_, i) => Math.cos(i)),
            y.shape,
          ),
        ),
      )
    }
    return [compute(...inputs), ...tf.grads(weighted)(inputs)]
  })
  const values = await Promise.all(results.map(async (result) => Float32Array.from(await result.data())))
  tf.dispose(results)
  return values
}

for (const engine of ['wasm', 'node', 'webgpu'] as const) {
  await describeOnEngine(engine, () => {
    const compared = operations.filter(([name]) => engine !== 'webgpu' || name !== BORDER)
    test.each(compared)('%s', async (name, compute, ...shapes) => {
      onTestFailed(() => console.log(`ONEBIT_SEED=${seed}`))
      await startEngine(name === BORDER ? 'wasm' : 'cpu')
      const expected = await run(compute, shapes, new Random(seed))
      await startEngine(engine)
      const actual = await run(compute, shapes, new Random(seed))
      for (const [index, values] of expected.entries()) {
        const scale = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-6)
        const worst = values.reduce((most, value, i) => Math.max(most, Math.abs(value - actual[index][i]) / scale), 0)
        expect(worst, `${name}, ${index === 0 ? 'value' : `gradient ${index}`}`).toBeLessThan(TOLERANCE)
      }
    })
  })
}
