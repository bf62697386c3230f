/** Metrics of a layer whose inputs and weights are chosen, so that every share is known. */
import { createRegistry } from '@onebit/core'
import { QuantDense } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { TEST_ENGINE } from '../../test/test-engine.ts'
import { startEngine } from '../engine.ts'
import { QuantizerControl } from '../model/quantizer-control.ts'
import { FlipRatio } from './flip-ratio.ts'
import { histogram } from './histogram.ts'
import { layerMetrics } from './layer-metrics.ts'

const registry = createRegistry([quantizers])

test('shares of saturated gradients, dead channels and entropies match the numbers', async () => {
  await startEngine(TEST_ENGINE)
  const input = tf.input({ shape: [1, 1, 4] })
  const dense = new QuantDense({
    name: 'dense',
    units: 2,
    inputQuantizer: registry.quantizer('ste-sign'),
    kernelQuantizer: registry.quantizer('ste-sign'),
  })
  const output = dense.apply(tf.layers.flatten().apply(input)) as tf.SymbolicTensor
  const model = tf.model({ inputs: input, outputs: output })
  const weights = [0.5, -0.5, 2, 0.5, -3, 0.5, 0.1, 0.2]
  dense.weights[0].write(tf.tensor2d(weights, [4, 2]))
  // (pixel - 100) / 100 in four channels: always positive; always negative; balanced; +1 once in four.
  const pixels = [150, 50, 150, 250, 150, 50, 50, 50, 150, 50, 150, 50, 150, 50, 50, 50]
  const images = Float32Array.from(pixels, (pixel) => (pixel - 100) / 100)
  const control = QuantizerControl.take(model, 0)
  const before = tf.memory().numTensors
  const metrics = (await layerMetrics(model, control, { images, count: 4 }, [1, 1, 4])).dense
  expect(tf.memory().numTensors).toBe(before)
  control.release()
  const quarter = -(0.25 * Math.log2(0.25) + 0.75 * Math.log2(0.75))
  expect(metrics.saturatedActivations).toBeCloseTo(1 / 16, 6)
  expect(metrics.saturatedWeights).toBeCloseTo(2 / 8, 6)
  expect(metrics.deadChannels).toBe(0.5)
  expect(metrics.signEntropy).toBeCloseTo((0 + 0 + 1 + quarter) / 4, 6)
  // Three of four weights of each filter are positive.
  expect(metrics.weightSignEntropy).toBeCloseTo(quarter, 6)
  expect(metrics.latentWeights).toMatchObject({ from: -3, to: 3 })

  const flips = new FlipRatio([dense])
  expect(await flips.update()).toEqual({})
  dense.weights[0].write(tf.tensor2d([-1, ...weights.slice(1)], [4, 2]))
  expect(await flips.update()).toEqual({ dense: 1 / 8 })
  expect(await flips.update()).toEqual({ dense: 0 })
  // sign(0) = +1: a weight that falls from above to 0 has not flipped; two weights that rise to 0 have.
  dense.weights[0].write(tf.tensor2d([0, 0, 0, 0.5, -3, 0.5, 0.1, 0.2], [4, 2]))
  expect(await flips.update()).toEqual({ dense: 2 / 8 })
  model.dispose()
})

test('histograms are symmetric around zero and count every value', () => {
  const { from, to, counts } = histogram(Float32Array.of(-1, -0.99, 0, 0.01, 1))
  expect([from, to]).toEqual([-1, 1])
  expect([counts[0], counts[12], counts[23]]).toEqual([2, 2, 1])
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(5)
  expect(histogram(new Float32Array(3)).counts.reduce((sum, count) => sum + count, 0)).toBe(3)
})
