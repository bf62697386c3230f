/** Tests the parts of a step, one by one, on numbers that can be worked out by hand. */
import { classification, crossEntropy } from '@onebit/classify'
import { batches, Random } from '@onebit/data'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { composeSmall, stripesData } from '../../test/small-run.ts'
import { TEST_ENGINE } from '../../test/test-engine.ts'
import { startEngine } from '../engine.ts'
import { DistillerVariables } from '../losses/distiller-variables.ts'
import { resolveTerms } from '../losses/loss-terms.ts'
import { QuantizerControl } from '../model/quantizer-control.ts'
import { isKernel, trainedWeights } from '../model/trained-weights.ts'
import { withTrainingPlugins } from '../plugins/index.ts'
import { rateFactor } from '../schedule.ts'
import { clipGradients } from './clip-gradients.ts'
import { GradientPass } from './gradient-pass.ts'
import { betaShare } from './mix-up.ts'
import { MovingAverage } from './moving-average.ts'
import { reestimateBatchNorm } from './reestimate-batch-norm.ts'
import { type InputOptions, stepInputs } from './step-inputs.ts'
import { TappedModel } from './tapped-model.ts'

beforeAll(async () => void (await startEngine(TEST_ENGINE)))

test('gradients longer than the bound are scaled together, shorter ones are unchanged', () => {
  const gradients = [tf.tensor1d([3, 0]), tf.tensor2d([[4]])]
  const [first, second] = clipGradients(gradients, 1)
  expect(Array.from(first.dataSync())[0]).toBeCloseTo(0.6, 6)
  expect(second.dataSync()[0]).toBeCloseTo(0.8, 6)
  expect(Array.from(clipGradients(gradients, 10)[0].dataSync())).toEqual([3, 0])
  // Shorter than 1 and longer than the bound.
  expect(clipGradients([tf.tensor1d([0.4])], 0.1)[0].dataSync()[0]).toBeCloseTo(0.1, 6)
})

test("a layer's regularizers are in the loss and in the gradients, times the share of the batch", () => {
  const gradientPass = (kernelRegularizer?: ReturnType<typeof tf.regularizers.l2>, share?: number) => {
    const layer = tf.layers.dense({ units: 2, inputShape: [3], kernelInitializer: 'ones', useBias: false, kernelRegularizer })
    const model = tf.sequential({ layers: [layer, tf.layers.softmax({ name: 'scores' })] })
    const [kernel] = layer.weights.map((weight) => weight.read() as tf.Variable)
    const student = new TappedModel(model)
    const pass = new GradientPass({
      student,
      losses: resolveTerms(['cross-entropy'], {
        task: classification,
        registry: withTrainingPlugins(undefined),
        hasTeacher: false,
        title: 'Stage',
      }),
      distillerVariables: DistillerVariables.draw([], student, undefined, 0, 0),
      variables: [kernel],
      task: classification,
      facts: { classes: ['a', 'b'] },
    })
    const inputs = {
      images: tf.ones([1, 3]),
      targets: { label: tf.tensor2d([[1, 0]]) },
      compact: { label: tf.tensor1d([0], 'int32') },
    }
    const { numbers, gradients } = pass.tensors(inputs, undefined, share)
    return { loss: numbers.dataSync()[0], gradient: gradients[kernel.name].dataSync() }
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

/** Rows of one pixel each, 1, 10, 100 and 1000, and the classes 0 to 3. */
const rows = {
  images: Float32Array.of(1, 10, 100, 1000),
  targets: { label: Int32Array.of(0, 1, 2, 3) },
  count: 4,
}
const inputOptions = (labelSmoothing: number, mixUp: number): InputOptions => ({
  task: classification,
  facts: { classes: ['a', 'b', 'c', 'd'] },
  settings: { labelSmoothing },
  mixUp,
  seed: 7,
  shape: [1],
  targetShapes: { label: { shape: [], dtype: 'int32' } },
})

test('mix-up blends pictures and targets by the same share and partners', () => {
  const mixed = stepInputs(rows, inputOptions(0, 0.5), 3)
  const targets = mixed.targets.label.arraySync() as number[][]
  const images = Array.from(mixed.images.dataSync())
  for (const [i, target] of targets.entries()) {
    expect(target.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6)
    expect(images[i]).toBeCloseTo(
      target.reduce((sum, share, label) => sum + share * rows.images[label], 0),
      3,
    )
  }
  expect(targets.some((target) => target.filter((share) => share > 0).length === 2)).toBe(true)
  expect(Array.from(mixed.compact.label.dataSync())).toEqual([0, 1, 2, 3])
  expect(Array.from(stepInputs(rows, inputOptions(0, 0.5), 3).images.dataSync())).toEqual(images)
  expect(Array.from(stepInputs(rows, inputOptions(0, 0.5), 4).images.dataSync())).not.toEqual(images)
  // A part of the batch has the partners that it has in the whole.
  const part = stepInputs(rows, inputOptions(0, 0.5), 3, 1, 3)
  expect(Array.from(part.images.dataSync())).toEqual(images.slice(1, 3))
  expect(part.targets.label.arraySync()).toEqual(targets.slice(1, 3))
})

test('the share of mix-up is from Beta(alpha, alpha)', () => {
  const random = new Random(1)
  const shares = Array.from({ length: 4000 }, () => betaShare(random, 0.4))
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length
  // Mean 1/2, variance 1 / (4 (2a + 1)).
  expect(mean).toBeCloseTo(0.5, 1)
  expect(variance).toBeCloseTo(1 / (4 * 1.8), 1)
})

test('label smoothing takes a share of every target and spreads it over all classes, the right one included', () => {
  const [first] = stepInputs(rows, inputOptions(0.2, 0), 0).targets.label.arraySync() as number[][]
  for (const [i, value] of [0.85, 0.05, 0.05, 0.05].entries()) expect(first[i]).toBeCloseTo(value, 6)
})

test('BatchNorm is re-estimated from as many batches as asked for', async () => {
  const model = await composeSmall('ste-sign')({})
  const control = QuantizerControl.take(model, 0)
  const source = batches(stripesData().train, { batchSize: 8 })
  let passes = 0
  control.probe = ({ path }) => void (path === control.layers[0].path && passes++)
  await reestimateBatchNorm(model, control, { source, count: 2, seed: 3 })
  // Two quantizers of the layer, in each of two batches.
  expect(passes).toBe(4)
  control.release()
  model.dispose()
})

test('cross-entropy is a mean over the batch, of logits and of probabilities', () => {
  const label = tf.tensor2d([
    [1, 0],
    [0, 1],
  ])
  const probabilities = [
    [0.8, 0.2],
    [0.5, 0.5],
  ]
  const expected = -(Math.log(0.8) + Math.log(0.5)) / 2
  const lossOf = (tensor: tf.Tensor, isLogits: boolean): number =>
    crossEntropy.loss({ scores: { tensor, isLogits } }, { label }, {}, { facts: {} }).dataSync()[0]
  expect(lossOf(tf.tensor2d(probabilities), false)).toBeCloseTo(expected, 5)
  expect(lossOf(tf.log(tf.tensor2d(probabilities)), true)).toBeCloseTo(expected, 5)
})

test('weight decay is for kernels, not for biases, BatchNorm or variables of quantizers', async () => {
  const model = await composeSmall('rsign', 'magnitude-aware-sign')({})
  const none = DistillerVariables.draw([], new TappedModel(model), undefined, 0, 0)
  const trained = trainedWeights(model, none.all, {})
  const decaying = trained.filter(isKernel).map(({ name }) => name)
  expect(decaying).toContain('stem.conv/kernel')
  expect(decaying).toContain('head.dense/kernel')
  for (const name of decaying) expect(name).toMatch(/kernel$/)
  const others = new Set(trained.filter((weight) => !isKernel(weight)).map(({ name }) => name.split('/')[1]))
  for (const name of ['gamma', 'beta', 'bias']) expect(others).toContain(name)
  for (const name of others) expect(name).not.toMatch(/kernel$/)
  expect(trained.filter(({ kind }) => kind === 'binary-kernel').length).toBeGreaterThan(0)
  model.dispose()
})

test('the rate rises to its base over the warm-up, then follows its schedule', () => {
  const context = { schedule: 'linear', warmUp: 1, epochs: 3 } as const
  const factors = Array.from({ length: 12 }, (_, step) => rateFactor(context, step, 4))
  expect(factors.slice(0, 6)).toEqual([0.2, 0.4, 0.6, 0.8, 1, 1 - 1 / 8])
  // At step 8, half of the steps after the warm-up are done; at step 12, all of them.
  expect([8, 11].map((step) => rateFactor(context, step, 4))).toEqual([0.5, 1 - 7 / 8])
  const cosine = { ...context, schedule: 'cosine' } as const
  expect(rateFactor(cosine, 6, 4)).toBeCloseTo((1 + Math.cos(Math.PI / 4)) / 2, 12)
  const steps = { schedule: { name: 'steps', at: [1, 2], factor: 0.5 }, warmUp: 0, epochs: 3 } as const
  expect([0, 3, 4, 7, 8, 11].map((step) => rateFactor(steps, step, 4))).toEqual([1, 1, 0.5, 0.5, 0.25, 0.25])
})

test('averages follow the weights, and swap with them', async () => {
  const model = await composeSmall()({})
  const kernel = model.getLayer('head.dense').weights[0]
  const set = (value: number): void => void kernel.write(tf.fill(kernel.shape as number[], value))
  set(1)
  const average = MovingAverage.of(model, 0.5)
  const averaged = async (): Promise<number> => (await average.values()).get('head.dense/kernel')!.data[0]
  set(2)
  // Early averages follow quickly: a decay of (1 + t) / (10 + t), until that is more than 0.5.
  average.update(0)
  expect(await averaged()).toBeCloseTo(0.1 * 1 + 0.9 * 2, 6)
  set(1)
  average.update(2)
  expect(await averaged()).toBeCloseTo(0.25 * 1.9 + 0.75 * 1, 6)
  average.restore(new Map(Array.from(await average.values(), ([name, { shape, data }]) => [name, { shape, data: data.fill(1) }])))
  set(2)
  average.update(1000)
  expect(await averaged()).toBe(1.5)
  average.swap()
  expect(kernel.read().dataSync()[0]).toBe(1.5)
  average.swap()
  expect(kernel.read().dataSync()[0]).toBe(2)
  average.dispose()
  model.dispose()
})

test('re-estimated BatchNorm has the mean moments of all batches', async () => {
  const model = await composeSmall('ste-sign')({})
  const control = QuantizerControl.take(model, 0)
  const { train: set } = stripesData()
  // Four batches, each with a different brightness.
  const images = set.images.map((pixel, index) => pixel / (1 + (Math.floor(index / 64 / 8) % 4)))
  const source = batches({ ...set, images, count: 32 }, { batchSize: 8, shuffle: false })
  await reestimateBatchNorm(model, control, { source, count: 4, seed: 3 })
  control.release()
  const stem = tf.model({ inputs: model.inputs, outputs: model.getLayer('stem.conv').output as tf.SymbolicTensor })
  const moments = Array.from(source, ({ images: floats }) =>
    tf.moments(stem.predict(tf.tensor4d(floats, [8, 8, 8, 1])) as tf.Tensor, [0, 1, 2]),
  )
  for (const [statistic, name] of [
    ['mean', 'moving_mean'],
    ['variance', 'moving_variance'],
  ] as const) {
    const perBatch = moments.map((of) => of[statistic].dataSync())
    const moving = model
      .getLayer('stem.norm')
      .weights.find(({ originalName }) => originalName.endsWith(name))!
      .read()
      .dataSync()
    for (const [i, value] of moving.entries()) {
      const all = perBatch.map((values) => values[i])
      expect(value).toBeCloseTo(all.reduce((sum, one) => sum + one, 0) / 4, 3)
    }
    // None of the batches alone has these moments.
    for (const values of perBatch) {
      expect(Math.max(...moving.map((value, i) => Math.abs(value - values[i])))).toBeGreaterThan(0.01)
    }
  }
  model.dispose()
})
