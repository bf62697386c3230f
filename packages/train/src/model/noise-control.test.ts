import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { startEngine } from '../engine.ts'
import { NoiseControl, unseededLayers } from './noise-control.ts'

beforeAll(async () => void (await startEngine('wasm')))

const SIZE = 64

/** Two dropouts, the second one with its own seed, and noise that takes no seed. */
function noisy(): tf.LayersModel {
  const model = tf.sequential()
  model.add(tf.layers.dropout({ rate: 0.5, inputShape: [SIZE], name: 'first' }))
  model.add(tf.layers.dropout({ rate: 0.5, seed: 3, name: 'second' }))
  model.add(tf.layers.gaussianNoise({ stddev: 1, name: 'noise' }))
  return model
}

function drawn(model: tf.LayersModel, name: string): number[] {
  return tf.tidy(() => Array.from((model.getLayer(name).apply(tf.ones([1, SIZE]), { training: true }) as tf.Tensor).dataSync()))
}

test('masks depend on seed, layer, step and part of the batch', () => {
  const masks = [
    [7, 0],
    [7, 0],
    [8, 0],
    [7, 1],
  ].map(([seed, replica]) => {
    const model = noisy()
    const control = new NoiseControl(model, seed, replica)
    return [0, 1].flatMap((step) => {
      control.step = step
      return [drawn(model, 'first'), drawn(model, 'second')]
    })
  })
  expect(masks[1]).toEqual(masks[0])
  const different = new Set([...masks[0], ...masks[2], ...masks[3]].map((mask) => mask.join()))
  expect(different.size).toBe(12)
})

test('layers get their own seeds back', () => {
  const model = noisy()
  const control = new NoiseControl(model, 7)
  control.step = 0
  control.release()
  expect([model.getLayer('first'), model.getLayer('second')].map((layer) => layer.getConfig().seed)).toEqual([undefined, 3])
})

test('layers that take no seed are named', () => {
  expect(unseededLayers(noisy())).toEqual(['noise'])
})
