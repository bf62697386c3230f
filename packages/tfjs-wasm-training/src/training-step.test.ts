import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { describeInBothMemories, Random, seed, withRandom } from '../test/test-support.ts'

/** Losses over some steps on one random batch, for a small network with the usual layers of tfjs networks. */
async function losses(backend: 'cpu' | 'wasm', steps: number): Promise<number[]> {
  await tf.setBackend(backend)
  const random = new Random(seed)
  const { layers } = tf
  const model = tf.sequential({
    layers: [
      layers.conv2d({ filters: 6, kernelSize: 3, padding: 'same', inputShape: [8, 8, 2], useBias: false }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', activation: 'tanh' }),
      layers.averagePooling2d({ poolSize: 2 }),
      layers.flatten(),
      layers.dense({ units: 3 }),
    ],
  })
  for (const layer of model.layers) {
    if (layer.getClassName() === 'BatchNormalization') continue
    layer.setWeights(
      layer.getWeights().map(({ shape }) =>
        tf.tensor(
          random.values(shape).map((value) => value / 2),
          shape,
        ),
      ),
    )
  }
  model.compile({
    optimizer: tf.train.adam(0.01),
    loss: (labels: tf.Tensor, logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits),
  })
  const x = tf.tensor(random.values([8, 8, 8, 2]), [8, 8, 8, 2])
  const y = tf.oneHot(
    Array.from({ length: 8 }, () => random.integer(0, 2)),
    3,
  )
  const result: number[] = []
  for (let step = 0; step < steps; step++) result.push((await model.trainOnBatch(x, y)) as number)
  model.dispose()
  tf.dispose([x, y])
  return result
}

describeInBothMemories('training of a network with stock layers', () => {
  test(
    'follows the losses of the cpu backend over 60 steps',
    () =>
      withRandom(async () => {
        const expected = await losses('cpu', 60)
        const actual = await losses('wasm', 60)
        expect(actual[59]).toBeLessThan(actual[0] / 2)
        actual.forEach((loss, step) => {
          expect(Math.abs(loss - expected[step]), `step ${step}`).toBeLessThan(0.01 + 0.02 * expected[step])
        })
      }),
    60_000,
  )
})
