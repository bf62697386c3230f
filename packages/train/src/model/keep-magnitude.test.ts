import { createRegistry, type QuantizerReference } from '@onebit/core'
import { LearnedScale, QuantConv2D } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, it } from 'vitest'
import { startEngine } from '../engine.ts'
import { keepMagnitude } from './keep-magnitude.ts'
import { readWeights, writeWeights } from './weight-values.ts'

beforeAll(async () => void (await startEngine('cpu')))

const registry = createRegistry([quantizers])
const FILTERS = 5

/** A convolution on bits, with a learned scale behind it unless `other` stands there. */
function compose(weight: QuantizerReference | null, other?: tf.layers.Layer): tf.LayersModel {
  const input = tf.input({ shape: [4, 4, 3] })
  const kernelQuantizer = weight && registry.quantizer(weight)
  const options = { name: 'conv', filters: FILTERS, kernelSize: 3, inputQuantizer: registry.quantizer('ste-sign') }
  const conv = new QuantConv2D({ ...options, kernelQuantizer }).apply(input) as tf.SymbolicTensor
  return tf.model({ inputs: input, outputs: (other ?? new LearnedScale({ name: 'scale' })).apply(conv) as tf.SymbolicTensor })
}

/** The same weights under another quantizer, the scales adapted. */
async function follow(source: tf.LayersModel, model: tf.LayersModel): Promise<number> {
  writeWeights(model, await readWeights(source))
  return keepMagnitude(model, source)
}

const scales = async (model: tf.LayersModel): Promise<number[]> => [...(await readWeights(model)).get('scale/channel')!.data]

/** Mean magnitude per filter of a kernel `[height, width, in, out]`. */
function magnitudes(kernel: Float32Array): number[] {
  const sums = Array.from({ length: FILTERS }, () => 0)
  kernel.forEach((value, index) => {
    sums[index % FILTERS] += Math.abs(value)
  })
  return sums.map((sum) => (sum * FILTERS) / kernel.length)
}

describe('keepMagnitude', () => {
  it.each(['ste-sign', 'mlp-classifier'] as const)(
    'leaves the factors of real weights that become %s in the scale',
    async (weight) => {
      const [source, model] = [compose(null), compose(weight)]
      const learned = [0.5, 1, -2, 3, 1]
      source.getLayer('scale').setWeights([tf.tensor1d(learned)])
      expect(await follow(source, model)).toBe(1)
      const kernel = (await readWeights(source)).get('conv/kernel')!.data
      const after = magnitudes((model.getLayer('conv') as QuantConv2D).quantizedKernel().dataSync() as Float32Array)
      const expected = magnitudes(kernel).map((magnitude, filter) => (learned[filter] * magnitude) / after[filter])
      for (const [filter, scale] of (await scales(model)).entries()) expect(scale).toBeCloseTo(expected[filter], 5)
      if (weight === 'ste-sign') for (const magnitude of after) expect(magnitude).toBeCloseTo(1, 6)
    },
  )

  it('changes no scale where the quantizer keeps the magnitude, or stays', async () => {
    for (const [before, after] of [
      [null, 'magnitude-aware-sign'],
      ['ste-sign', 'ste-sign'],
    ] as const) {
      const model = compose(after)
      await follow(compose(before), model)
      for (const scale of await scales(model)) expect(scale).toBeCloseTo(1, 5)
    }
  })

  it('leaves the scale of a filter of zeros as it is', async () => {
    const [source, model] = [compose(null), compose('ste-sign')]
    source.getLayer('conv').setWeights([tf.zeros([3, 3, 3, FILTERS])])
    await follow(source, model)
    expect(await scales(model)).toEqual([1, 1, 1, 1, 1])
  })

  it('finds no scale behind a BatchNorm, and says so', async () => {
    const norm = () => tf.layers.batchNormalization({ name: 'norm' })
    expect(await follow(compose(null, norm()), compose('ste-sign', norm()))).toBe(0)
  })

  it('keeps no tensor', async () => {
    const [source, model] = [compose(null), compose('mlp-classifier')]
    writeWeights(model, await readWeights(source))
    const before = tf.memory().numTensors
    keepMagnitude(model, source)
    expect(tf.memory().numTensors).toBe(before)
  })
})
