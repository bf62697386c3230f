/** Variables that a whole network shares: stored once, trained together, saved, loaded and frozen with the model. */
import { createRegistry, defineQuantizer, OptionError, reference } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { freeze } from './freeze/freeze.ts'
import { parametersOf } from './parameters-of.ts'
import { QuantConv2D } from './quant-conv2d.ts'
import { QuantDense } from './quant-dense.ts'
import { QuantizerVariables } from './quantizer-variables.ts'
import { registerLayers } from './register.ts'

const sign = (x: tf.Tensor): tf.Tensor => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1)

/** A sign with a shift that all layers of the network share, times a scale per layer. */
const shifted = createRegistry([
  defineQuantizer({
    name: 'shifted-sign',
    for: ['activation', 'weight'],
    levels: 'own',
    options: { start: { default: 0.25 } },
    variables: ({ start }) => ({
      shift: { shape: [1], initial: start, extent: 'network' },
      scale: { shape: [1], initial: 2 },
    }),
    forward: (x, _, { variables: { shift, scale } }) => tf.mul(sign(tf.sub(x, shift)), scale),
    surrogate: (x, _, { variables: { shift, scale } }) => tf.mul(tf.sub(x, shift), scale),
    freeze: (_, { variables: { shift, scale } }) => ({
      thresholds: [[shift[0]]],
      first: [-1],
      low: [-scale[0]],
      high: [scale[0]],
    }),
  }),
])
const quantizer = (start = 0.25) => shifted.resolve('quantizer', { name: 'shifted-sign', start })

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** A convolution and a dense layer. Their weights share a quantizer, and their inputs share another. */
function modelOf(dense = quantizer()): tf.LayersModel {
  const image = tf.input({ shape: [4, 4, 2], name: 'image' })
  const both = { inputQuantizer: quantizer(), kernelQuantizer: quantizer() }
  const conv = new QuantConv2D({ name: 'conv', filters: 3, kernelSize: 3, ...both }).apply(image) as tf.SymbolicTensor
  const flat = tf.layers.flatten().apply(conv) as tf.SymbolicTensor
  const scores = new QuantDense({ name: 'dense', units: 2, inputQuantizer: quantizer(), kernelQuantizer: dense })
  return tf.model({ inputs: image, outputs: scores.apply(flat) as tf.SymbolicTensor })
}

const sharers = (model: tf.LayersModel) => model.layers.filter((layer) => layer instanceof QuantizerVariables)
const image = tf.randomUniform([2, 4, 4, 2], -1, 1, 'float32', 3)
const outputOf = (model: tf.LayersModel) => (model.predict(image) as tf.Tensor).dataSync()

describe('a variable of the network', () => {
  test('is in the model once for each side, apart from variables of layers', () => {
    const model = modelOf()
    expect(sharers(model).map(({ name }) => name)).toEqual(['network.activation-quantizer', 'network.weight-quantizer2'])
    expect(model.getLayer('conv').weights.map(({ originalName }) => originalName.split('/').at(-1))).toEqual([
      'kernel',
      'input_quantizer_scale',
      'kernel_quantizer_scale',
    ])
    // Two shifts, and two scales of each of the two layers.
    expect(parametersOf(model).real).toBe(2 + 4)
  })

  test('decides for all layers, and receives the sum of their gradients', () => {
    const model = modelOf()
    const before = outputOf(model)
    const [, ofWeights] = sharers(model)
    ofWeights.setWeights([tf.tensor1d([1e3])])
    expect(outputOf(model)).not.toEqual(before)
    // Every weight is -2 now, in both layers.
    const [activations] = sharers(model)
    activations.setWeights([tf.tensor1d([-1e3])])
    const inner = 4 * 4 * 3
    expect(Array.from(outputOf(model))).toEqual(new Array(4).fill(-2 * 2 * inner))
    const { grads } = tf.variableGrads(() => tf.sum(model.apply(image, { training: true }) as tf.Tensor) as tf.Scalar)
    const gradient = grads[(ofWeights.weights[0] as unknown as { val: tf.Variable }).val.name]
    // The dense layer: 2 images x 2, times -2, for each of its weights. The convolution: the dense layer gives -8 per output;
    // times 2, times -2, for 2 images, 2 x 3 channels, and the 10 x 10 positions where taps meet the image.
    expect(gradient.dataSync()[0]).toBe(-8 * 2 * inner + 32 * 2 * 6 * 100)
  })

  test('is not shared by quantizers with other options, nor by another model', () => {
    expect(sharers(modelOf(quantizer(0.5))).map(({ name }) => name)).toHaveLength(3)
    expect(sharers(modelOf())).toHaveLength(2)
  })

  test('is saved, loaded and frozen with the model', async () => {
    const model = modelOf()
    for (const layer of sharers(model)) layer.setWeights([tf.tensor1d([0.125])])
    let saved: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
      }),
    )
    registerLayers(shifted)
    const topology = JSON.parse(JSON.stringify(saved!.modelTopology))
    const loaded = await tf.loadLayersModel(tf.io.fromMemory({ ...saved!, modelTopology: topology }))
    expect(sharers(loaded)).toHaveLength(2)
    expect(outputOf(loaded)).toEqual(outputOf(model))
    const { graph } = freeze(loaded)
    expect(graph.nodes.some(({ name }) => name.startsWith('network'))).toBe(false)
    const executable = await reference.compile(graph)
    const { dense } = await executable.run({ image: (await image.data()) as Float32Array })
    expect(Array.from(dense)).toEqual(Array.from(outputOf(model)))
  })

  test('is required by a layer that is called outside of a model', () => {
    const layer = new QuantConv2D({ name: 'alone', filters: 1, kernelSize: 1, kernelQuantizer: quantizer() })
    expect(() => layer.apply(image)).toThrow(OptionError)
    expect(() => layer.apply(image)).toThrow(/'alone'.*whole network shares.*shift after the input/s)
  })
})
