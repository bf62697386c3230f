/** The wiring of blocks, against their papers. Comparing a model with its frozen graph would miss an error in both. */
import { createRegistry } from '@onebit/core'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import blocks from './index.ts'

const registry = createRegistry([blocks, quantizers])

beforeAll(async () => void (await tf.setBackend('cpu')))

/** Two blocks: the first halves the image of 8 channels and doubles them. */
function modelOf(reference: { name: string } & Record<string, unknown>, padding?: 'same' | 'symmetric'): tf.LayersModel {
  const { plugin, options } = registry.resolve('block', reference)
  const quantizer = registry.quantizer('ste-sign')
  const input = tf.input({ shape: [8, 8, 8], name: 'image' })
  let values: readonly tf.SymbolicTensor[] = [input]
  for (const [index, strides] of [2, 1].entries()) {
    const place = { name: `block${index + 1}`, filters: 16, strides, dilation: 1, padding }
    const context = { ...place, activation: quantizer, weight: quantizer }
    values = plugin.apply(values, options, context)
  }
  return tf.model({ inputs: input, outputs: values[0] })
}

/** Names of the layers that each call of a layer reads, in order. */
const readBy = (model: tf.LayersModel, name: string): string[][] =>
  model.getLayer(name).inboundNodes.map(({ inboundLayers }) => inboundLayers.map((layer) => layer.name))

const shapesOf = (model: tf.LayersModel, name: string) => model.getLayer(name).weights.map(({ shape }) => shape)

const names = registry.list('block').map(({ name }) => name)

test.each(names)("%s normalizes with the papers' epsilon and momentum, over the channels", (name) => {
  const norms = modelOf({ name }).layers.filter((layer) => layer.getClassName() === 'BatchNormalization')
  expect(norms.length).toBeGreaterThan(1)
  for (const norm of norms) expect(norm.getConfig()).toMatchObject({ epsilon: 1e-5, momentum: 0.9, axis: -1 })
})

test('Group-Net: each base gates its own base of the block before with the combined value', () => {
  const model = modelOf({ name: 'group-net', bases: 3 })
  expect(readBy(model, 'block2.gate')).toEqual([1, 2, 3].map((base) => [`block1.base${base}.conv2.add`, 'block1.mean']))
  expect(readBy(model, 'block1.mean')).toEqual([[1, 2, 3].map((base) => `block1.base${base}.conv2.add`)])
})

test('QuickNet 0.1 doubles its channels by the pooled input before the sum', () => {
  const model = modelOf({ name: 'quicknet-0-1' })
  expect(readBy(model, 'block1.concat')).toEqual([['block1.pool.norm', 'block1.add']])
  expect(readBy(model, 'block1.add')).toEqual([['block1.conv.norm', 'block1.pool.norm']])
})

test('QuickNet pools and blurs a real value before it binarizes, with a shortcut around the 1-bit convolution alone', () => {
  const model = modelOf({ name: 'quicknet' })
  expect(readBy(model, 'block1.transition.blur')).toEqual([['block1.transition.pool']])
  expect(readBy(model, 'block1.conv')).toEqual([['block1.transition.norm']])
  expect(readBy(model, 'block1.add')).toEqual([['block1.conv.norm', 'block1.transition.norm']])
  expect(readBy(model, 'block2.conv')).toEqual([['block1.add']])
  expect(model.layers.some(({ name }) => name.startsWith('block2.transition'))).toBe(false)
})

test('strided convolutions lie as the network says', () => {
  const paddings = (padding?: 'same' | 'symmetric') =>
    modelOf({ name: 'bi-real' }, padding).layers.flatMap((layer) =>
      layer.getClassName() === 'QuantConv2D' ? [layer.getConfig().padding] : [],
    )
  expect(new Set(paddings())).toEqual(new Set(['same']))
  expect(new Set(paddings('symmetric'))).toEqual(new Set(['symmetric']))
  expect(modelOf({ name: 'xnor' }, 'symmetric').getLayer('block1.conv1.scale').getConfig().padding).toBe('symmetric')
})

test('gates squeeze the channels that they read by their ratio, and excite those that they scale', () => {
  const model = modelOf({ name: 'real-to-binary', ratio: 4 })
  expect(shapesOf(model, 'block1.conv1.gated.squeeze')).toEqual([[8, 2]])
  expect(shapesOf(model, 'block1.conv1.gated.excite')).toEqual([[2, 16]])
  expect(shapesOf(model, 'block2.conv1.gated.squeeze')).toEqual([[16, 4]])
  // At least one hidden channel, however large the ratio.
  expect(shapesOf(modelOf({ name: 'real-to-binary', ratio: 64 }), 'block1.conv1.gated.squeeze')).toEqual([[8, 1]])
})

test('a PReLU has one slope a channel, whatever the size of the image', () => {
  expect(shapesOf(modelOf({ name: 'real-to-binary' }), 'block1.conv1.prelu')).toEqual([[1, 1, 16]])
})

test('shortcuts that shrink the image average what they leave out, those that only carry it do nothing', () => {
  const model = modelOf({ name: 'bi-real' })
  const pools = model.layers.filter((layer) => layer.getClassName() === 'AveragePooling2D')
  expect(pools.map((layer) => [layer.name, layer.getConfig().poolSize, layer.getConfig().strides])).toEqual([
    [expect.stringMatching(/^block1\.conv1/), [2, 2], [2, 2]],
  ])
  expect(readBy(model, 'block2.conv1.add')).toEqual([['block2.conv1.norm', 'block1.conv2.add']])
})
