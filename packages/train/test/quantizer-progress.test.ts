/** The trainer tells quantizers the progress of the stage, and whether they act as in training or as in the frozen network. */
import { attachTask, createRegistry, defineQuantizer, thresholdAtZero } from '@onebit/core'
import { QuantDense } from '@onebit/layers'
import { startEngine, type TrainOptions, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { TEST_ENGINE } from './test-engine.ts'
import { brightness, brightnessData } from './toy-tasks.ts'

let seen: { training: boolean; progress: number }[] = []

/** A sign that records its calls. */
const noting = defineQuantizer({
  name: 'noting-sign',
  for: ['activation'],
  forward: (x, _, { training, progress }) => {
    seen.push({ training, progress })
    return tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1)
  },
  gradient: (x) => tf.onesLike(x),
  freeze: () => thresholdAtZero,
})

beforeAll(async () => void (await startEngine(TEST_ENGINE)))

async function trained(more: Partial<TrainOptions> = {}) {
  seen = []
  const input = tf.input({ shape: [8, 8, 1] })
  const layer = new QuantDense({
    name: 'value',
    units: 1,
    inputQuantizer: createRegistry([noting]).quantizer('noting-sign' as never),
  })
  const flat = tf.layers.batchNormalization({ name: 'norm' }).apply(tf.layers.flatten().apply(input))
  const model = attachTask(tf.model({ inputs: input, outputs: layer.apply(flat) as tf.SymbolicTensor }), brightness)
  seen = []
  await train(model, { data: brightnessData(), epochs: 2, batchSize: 16, seed: 3, engine: TEST_ENGINE, progress: false, ...more })
  expect(layer.progress).toBe(1)
  model.dispose()
  return seen
}

test('in training the progress is the share of steps done; a model is measured as it is frozen, at the end of its schedule', async () => {
  const calls = await trained()
  // 64 pictures: four steps in each of two epochs.
  const inTraining = calls.filter(({ training }) => training)
  expect([...new Set(inTraining.map(({ progress }) => progress))]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((step) => step / 8))
  // The last pass of an epoch evaluates, and so does the pass after training.
  expect(calls.at(-1)).toEqual({ training: false, progress: 1 })
  const afterFirst = calls.findIndex(({ training, progress }) => training && progress === 4 / 8)
  expect(calls[afterFirst - 1]).toEqual({ training: false, progress: 1 })
})

test('while BatchNorm is re-estimated, quantizers are at the end of their schedule and do not train', async () => {
  const calls = await trained({ reestimateBatchNorm: 3 })
  // Eight steps, and one pass for layer metrics after each of two epochs.
  expect(calls.filter(({ training }) => training)).toHaveLength(8 + 2)
  expect(calls.slice(-4)).toEqual(new Array(4).fill({ training: false, progress: 1 }))
})
