/** The parts of a step on their own: schedules aside, what each does to numbers that can be worked out by hand. */
import { batches, Random } from '@onebit/data'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { composeSmall, stripesData } from '../../test/small-run.ts'
import { TEST_ENGINE } from '../../test/test-engine.ts'
import { startEngine } from '../engine.ts'
import { totalLoss } from '../losses.ts'
import { QuantizerControl } from '../model/quantizer-control.ts'
import { rateFactor } from '../schedule.ts'
import { clipGradients } from './clip-gradients.ts'
import { GradientPass } from './gradient-pass.ts'
import { betaShare, mixUp } from './mix-up.ts'
import { MovingAverage } from './moving-average.ts'
import { reestimateBatchNorm } from './reestimate-batch-norm.ts'

beforeAll(async () => void (await startEngine(TEST_ENGINE)))

test('gradients longer than the bound are scaled together, shorter ones stay as they are', () => {
  const gradients = [tf.tensor1d([3, 0]), tf.tensor2d([[4]])]
  const [first, second] = clipGradients(gradients, 1)
  expect(Array.from(first.dataSync())[0]).toBeCloseTo(0.6, 6)
  expect(second.dataSync()[0]).toBeCloseTo(0.8, 6)
  expect(Array.from(clipGradients(gradients, 10)[0].dataSync())).toEqual([3, 0])
})

test("a layer's regularizers are in the loss and in the gradients, times the share of the batch", () => {
  const gradientPass = (kernelRegularizer?: ReturnType<typeof tf.regularizers.l2>, share?: number) => {
    const layer = tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones', useBias: false, kernelRegularizer })
    const model = tf.sequential({ layers: [layer, tf.layers.softmax()] })
    const [kernel] = layer.weights.map((weight) => weight.read() as tf.Variable)
    const pass = new GradientPass(model, { losses: [{ name: 'cross-entropy', weight: 1 }], variables: [kernel] })
    const inputs = { images: tf.ones([1, 3]), targets: tf.tensor2d([[1, 0]]), labels: tf.tensor1d([0], 'int32') }
    const { loss, gradients } = pass.run(inputs, share)
    return { loss, gradient: gradients[kernel.name].dataSync() }
  }
  const plain = gradientPass()
  const regularizer = tf.regularizers.l2({ l2: 0.5 })
  const penalized = gradientPass(regularizer)
  // 0.5 of the sum of six squares of 1; the gradient of each is 1.
  expect(penalized.loss).toBeCloseTo(plain.loss + 3, 5)
  penalized.gradient.forEach((value, index) => {
    expect(value).toBeCloseTo(plain.gradient[index] + 1, 5)
  })
  expect(gradientPass(regularizer, 0.25).loss * 4).toBeCloseTo(penalized.loss, 5)
})

test('mix-up blends images and targets by the same share and partners', () => {
  const images = tf.tensor2d([[1], [10], [100]])
  const targets = tf.tensor2d([
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ])
  const mixed = mixUp(images, targets, 0.5, 7)
  const rows = mixed.targets.arraySync() as number[][]
  for (const [i, row] of rows.entries()) {
    const expected = row[0] * 1 + row[1] * 10 + row[2] * 100
    expect((mixed.images.arraySync() as number[][])[i][0]).toBeCloseTo(expected, 4)
  }
  expect(mixUp(images, targets, 0.5, 7).images.arraySync()).toEqual(mixed.images.arraySync())
  const random = new Random(1)
  const shares = Array.from({ length: 4000 }, () => betaShare(random, 0.4))
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length
  // Beta(a, a): mean 1/2, variance 1 / (4 (2a + 1)).
  expect(mean).toBeCloseTo(0.5, 1)
  expect(variance).toBeCloseTo(1 / (4 * 1.8), 1)
})

test('soft labels are zero for the same scores, and the divergence otherwise', () => {
  const outputs = (scores: number[]) => ({ scores: tf.tensor2d([scores]), areLogits: true, taps: {} })
  const term = { name: 'soft-labels', temperature: 2, weight: 3 } as const
  const targets = tf.tensor2d([[1, 0]])
  expect(totalLoss([term], targets, outputs([1, 2]), outputs([1, 2])).dataSync()[0]).toBeCloseTo(0, 6)
  const softmax = (a: number, b: number): number[] => [Math.exp(a), Math.exp(b)].map((e) => e / (Math.exp(a) + Math.exp(b)))
  const [teacher, student] = [softmax(1.5, 0), softmax(0.5, 1)]
  const divergence = teacher.reduce((sum, p, i) => sum + p * Math.log(p / student[i]), 0)
  expect(totalLoss([term], targets, outputs([1, 2]), outputs([3, 0])).dataSync()[0]).toBeCloseTo(3 * 4 * divergence, 4)
})

test('the rate rises to its base over the warm-up, then follows its schedule', () => {
  const context = { schedule: 'linear', warmUp: 1, epochs: 3 } as const
  const factors = Array.from({ length: 12 }, (_, step) => rateFactor(context, step, 4))
  expect(factors.slice(0, 6)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1 - 1 / 8])
  const steps = { schedule: { name: 'steps', at: [1, 2], factor: 0.5 }, warmUp: 0, epochs: 3 } as const
  expect([0, 3, 4, 7, 8, 11].map((step) => rateFactor(steps, step, 4))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25])
})

test('averages follow the weights, and swap with them', async () => {
  const model = await composeSmall()({ epochs: 1 })
  const kernel = model.getLayer('head.dense').weights[0]
  const set = (value: number): void => void kernel.write(tf.fill(kernel.shape as number[], value))
  set(1)
  const average = new MovingAverage(model, 0.5)
  set(2)
  average.update(1000)
  expect((await average.values()).get('head.dense/kernel')!.data[0]).toBe(1.5)
  average.swap()
  expect(kernel.read().dataSync()[0]).toBe(1.5)
  average.swap()
  expect(kernel.read().dataSync()[0]).toBe(2)
  average.dispose()
  model.dispose()
})

test('re-estimated BatchNorm has the mean of the moments of all batches', async () => {
  const model = await composeSmall('ste-sign')({ epochs: 1 })
  const control = new QuantizerControl(model, 0)
  const { train: set } = stripesData()
  const source = batches({ ...set, count: 16 }, { batchSize: 16 })
  await reestimateBatchNorm(model, control, { source, count: 1, seed: 3 })
  control.release()
  const images = tf.tensor4d(
    Float32Array.from(set.images.subarray(0, 16 * 64), (pixel) => (pixel / 255 - 0.4) / 0.25),
    [16, 8, 8, 1],
  )
  const stem = tf.model({ inputs: model.inputs, outputs: model.getLayer('stem.conv').output as tf.SymbolicTensor })
  const { mean } = tf.moments(stem.predict(images) as tf.Tensor, [0, 1, 2])
  const moving = model.getLayer('stem.norm').weights.find(({ originalName }) => originalName.endsWith('moving_mean'))!
  for (const [i, value] of mean.dataSync().entries()) expect(moving.read().dataSync()[i]).toBeCloseTo(value, 4)
})
