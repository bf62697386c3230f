/** Layers with two quantizers, frozen. Tests which pairs run on bits, and that all match the layer. */
import '@tensorflow/tfjs-backend-cpu'
import { createRegistry, defineQuantizer, type Graph, reference } from '@onebit/core'
import { freeze, QuantConv2D, QuantDense } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { expect, test } from 'vitest'
import quantizers, { sign } from '../src/index.ts'

/** Activations with a scale per channel. No single factor can be taken out of the sum of their products. */
const scaledChannels = defineQuantizer({
  name: 'scaled-channels',
  for: ['activation'],
  levels: 'own',
  variables: (_, { channels }) => ({ scale: { shape: [channels], initial: 1 } }),
  forward: (x, _, { variables }) => tf.mul(sign(x), variables.scale),
  gradient: (x) => tf.onesLike(x),
  freeze: (_, { variables: { scale } }) => {
    return { thresholds: [[0]], first: [-1], low: Array.from(scale, (value) => -value), high: Array.from(scale) }
  },
})

const registry = createRegistry([quantizers, scaledChannels])
const SHAPE = [6, 5, 4]

/** Compares a layer with changed weights and variables to its frozen form, and returns that form. */
async function compare(layer: tfl.layers.Layer, shape: number[]): Promise<Graph> {
  const input = tfl.input({ shape, name: 'image' })
  const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor })
  model.setWeights(
    model.getWeights().map((weight, seed) => tf.add(weight, tf.randomNormal(weight.shape, 0.1, 0.1, 'float32', seed + 1))),
  )
  const image = tf.randomNormal([2, ...shape], 0.3, 1, 'float32', 11)
  const expected = (model.predict(image) as tf.Tensor).dataSync() as Float32Array
  const { graph } = freeze(model)
  const executable = await reference.compile(graph)
  const [actual] = Object.values(await executable.run({ image: image.dataSync() as Float32Array }))
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - actual[index])), 0)
  expect(actual.length).toBe(expected.length)
  expect(worst).toBeLessThan(1e-4)
  return graph
}

const count = ({ nodes }: Graph, op: string): number => nodes.filter((node) => node.op === op).length

/**
 * `windows`: number of sums of bits under the window, for kernels with uneven levels. `borders`: number of paddings that are not
 * a level of the input.
 */
const pairs = [
  { activation: 'ste-sign', weight: 'xnor', products: 1, windows: 0, borders: [] },
  { activation: 'deciding-mlp-classifier', weight: 'libra', products: 1, windows: 0, borders: [] },
  { activation: 'ste-heaviside', weight: 'magnitude-aware-sign', products: 1, windows: 0, borders: ['minus-one'] },
  { activation: 'dorefa', weight: 'learned-scale', products: 3, windows: 0, borders: ['minus-one'] },
  { activation: 'ste-tern', weight: 'ste-sign', products: 2, windows: 0, borders: [] },
  { activation: 'ste-sign', weight: 'ternary-weight', products: 2, windows: 0, borders: [] },
  { activation: 'ste-tern', weight: 'ste-tern', products: 4, windows: 0, borders: [] },
  { activation: 'ste-sign', weight: 'dorefa', products: 3, windows: 0, borders: [] },
  { activation: 'dorefa', weight: 'ternary-weight', products: 6, windows: 0, borders: ['minus-one'] },
  { activation: 'ste-sign', weight: 'adabin', products: 1, windows: 1, borders: [] },
  { activation: 'ste-sign', weight: 'ste-heaviside', products: 1, windows: 1, borders: [] },
  { activation: 'dorefa', weight: 'adabin', products: 3, windows: 3, borders: ['minus-one'] },
  { activation: 'adabin', weight: 'ste-sign', products: 1, windows: 0, borders: ['zero', 'one', 'minus-one'] },
  { activation: 'adabin', weight: 'adabin', products: 1, windows: 1, borders: ['zero', 'one', 'minus-one'] },
] as const

test.each(pairs)('$activation with $weight runs on bits', async (pair) => {
  const { activation, weight, products, windows, borders } = pair
  const use = {
    inputQuantizer: registry.resolve('quantizer', activation),
    kernelQuantizer: registry.resolve('quantizer', weight),
    useBias: true,
  }
  const middles = windows > 0 ? 1 : 0
  for (const paddingValue of ['zero', 'one', 'minus-one'] as const) {
    const graph = await compare(new QuantConv2D({ filters: 3, kernelSize: 3, strides: 2, paddingValue, ...use }), SHAPE)
    expect(count(graph, 'binaryConv2d'), paddingValue).toBe(products + windows)
    const border = (borders as readonly string[]).includes(paddingValue) ? 1 : 0
    expect(count(graph, 'conv2d'), paddingValue).toBe(middles + border)
    // Every real convolution reads one channel: the sum of bits, or the map of the inside.
    for (const node of graph.nodes) {
      if (node.op === 'conv2d') expect(graph.tensors.get(node.tensors.weights)!.shape[2]).toBe(1)
    }
  }
  const unpadded = await compare(new QuantConv2D({ filters: 3, kernelSize: 3, padding: 'valid', ...use }), SHAPE)
  expect(count(unpadded, 'conv2d')).toBe(middles)
  const dense = await compare(new QuantDense({ units: 3, ...use }), [20])
  expect(count(dense, 'binaryDense')).toBe(products + windows)
  expect(count(dense, 'dense')).toBe(middles)
})

test('products with the same kernel share its bits', async () => {
  const use = { inputQuantizer: registry.quantizer('dorefa'), kernelQuantizer: registry.quantizer('adabin') }
  const { tensors } = await compare(new QuantConv2D({ filters: 3, kernelSize: 3, ...use }), SHAPE)
  expect([...tensors].filter(([name]) => name.endsWith('.weights') && tensors.get(name)!.dtype === 'bit')).toHaveLength(2)
})

test.each([
  { reason: 'more than sixteen products', activation: { name: 'dorefa', bits: 5 }, weight: 'ste-sign' },
  { reason: 'levels per channel of the input', activation: 'scaled-channels', weight: 'adabin' },
])('$reason run on real values', async ({ activation, weight }) => {
  const use = {
    inputQuantizer: registry.resolve('quantizer', activation),
    kernelQuantizer: registry.resolve('quantizer', weight),
  }
  for (const paddingValue of ['zero', 'one'] as const) {
    const graph = await compare(new QuantConv2D({ filters: 3, kernelSize: 3, paddingValue, ...use }), SHAPE)
    expect(count(graph, 'conv2d')).toBe(1)
    expect(count(graph, 'binaryConv2d')).toBe(0)
  }
})
