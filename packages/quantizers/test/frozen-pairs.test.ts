/** Layers with both quantizers, frozen: which pairs run on bits, and that all compute what the layer does. */
import '@tensorflow/tfjs-backend-cpu'
import { createRegistry, reference } from '@onebit/core'
import { freeze, QuantConv2D, QuantDense } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { expect, test } from 'vitest'
import quantizers from '../src/index.ts'

const registry = createRegistry(quantizers)
const SHAPE = [6, 5, 4]

async function compare(layer: tfl.layers.Layer, shape: number[]): Promise<readonly string[]> {
  const input = tfl.input({ shape, name: 'image' })
  const model = tfl.model({ inputs: input, outputs: layer.apply(input) as tfl.SymbolicTensor })
  const image = tf.randomNormal([2, ...shape], 0.3, 1, 'float32', 11)
  const expected = (model.predict(image) as tf.Tensor).dataSync() as Float32Array
  const { graph } = freeze(model)
  const executable = await reference.compile(graph)
  const [actual] = Object.values(await executable.run({ image: image.dataSync() as Float32Array }))
  const worst = expected.reduce((most, value, index) => Math.max(most, Math.abs(value - actual[index])), 0)
  expect(actual.length).toBe(expected.length)
  expect(worst).toBeLessThan(1e-3)
  return graph.nodes.map(({ op }) => op)
}

const pairs = [
  { activation: 'ste-sign', weight: 'xnor', products: 1 },
  { activation: 'mlp-classifier', weight: 'libra', products: 1 },
  { activation: 'ste-heaviside', weight: 'magnitude-aware-sign', products: 1 },
  { activation: 'dorefa', weight: 'learned-scale', products: 3 },
  { activation: 'ste-tern', weight: 'ste-sign', products: 2 },
  { activation: 'ste-sign', weight: 'ternary-weight', products: 2 },
  { activation: 'ste-tern', weight: 'ste-tern', products: 4 },
  { activation: 'ste-sign', weight: 'dorefa', products: 3 },
  { activation: 'dorefa', weight: 'ternary-weight', products: 6 },
  { activation: 'ste-sign', weight: 'adabin', products: 0 },
] as const

test.each(pairs)('$activation with $weight: $products products of bits', async ({ activation, weight, products }) => {
  const use = { inputQuantizer: registry.quantizer(activation), kernelQuantizer: registry.quantizer(weight), useBias: true }
  for (const paddingValue of ['zero', 'one'] as const) {
    const ops = await compare(new QuantConv2D({ filters: 3, kernelSize: 3, strides: 2, paddingValue, ...use }), SHAPE)
    expect(ops.filter((op) => op === 'binaryConv2d')).toHaveLength(products)
    expect(ops.includes('conv2d')).toBe(products === 0)
  }
  const ops = await compare(new QuantDense({ units: 3, ...use }), [20])
  expect(ops.filter((op) => op === 'binaryDense')).toHaveLength(products)
})

test('levels that padding cannot read as bits run on real values', async () => {
  const use = { inputQuantizer: registry.quantizer('ste-heaviside'), kernelQuantizer: registry.quantizer('ste-sign') }
  const ops = await compare(new QuantConv2D({ filters: 3, kernelSize: 3, paddingValue: 'minus-one', ...use }), SHAPE)
  expect(ops).toContain('conv2d')
  const unpadded = await compare(
    new QuantConv2D({ filters: 3, kernelSize: 3, padding: 'valid', paddingValue: 'minus-one', ...use }),
    SHAPE,
  )
  expect(unpadded).toContain('binaryConv2d')
})

test('more than sixteen products run as one real one', async () => {
  const use = { inputQuantizer: registry.quantizer({ name: 'dorefa', bits: 5 }), kernelQuantizer: registry.quantizer('ste-sign') }
  expect(await compare(new QuantConv2D({ filters: 3, kernelSize: 3, ...use }), SHAPE)).toContain('conv2d')
})
