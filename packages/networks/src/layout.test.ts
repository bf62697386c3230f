/** Sizes, strides and dilations of each layer: a network with a wrong one still trains and freezes without an error. */
import blocks from '@onebit/blocks'
import classify, { composeClassifier } from '@onebit/classify'
import { createRegistry } from '@onebit/core'
import { freeze } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import networkPlugins from './index.ts'

const registry = createRegistry([quantizers, blocks, classify, networkPlugins])

beforeAll(async () => void (await tf.setBackend('cpu')))

function compose(network: object, input: readonly [number, number, number], block: object | string = 'xnor-plain') {
  const options = { activation: 'ste-sign', weight: 'ste-sign', classes: 2, input } as const
  return composeClassifier(registry, {
    ...options,
    network: registry.resolve('network', network as never),
    block: registry.resolve('block', block as never),
  })
}

const configs = (model: tf.LayersModel, pattern: RegExp, keys: readonly string[]) =>
  model.layers.filter(({ name }) => pattern.test(name)).map((layer) => [layer.name, ...keys.map((key) => layer.getConfig()[key])])

test("ResNet-18's stem is a convolution of 7 and a pool of 3, both of stride 2, as PyTorch or TensorFlow pads them", () => {
  for (const stem of ['norm', 'pool-norm']) {
    for (const padding of ['symmetric', 'same']) {
      const { model } = compose({ name: 'resnet18', width: 4, stem, padding }, [64, 64, 3])
      expect(configs(model, /^stem\.conv$/, ['kernelSize', 'strides', 'padding', 'useBias'])).toEqual([
        ['stem.conv', [7, 7], [2, 2], padding, false],
      ])
      const pool = model.getLayer('stem.pool')
      expect(pool.getConfig()).toMatchObject({ poolSize: [3, 3], strides: [2, 2] })
      expect(pool.getClassName()).toBe(padding === 'symmetric' ? 'SymmetricMaxPool' : 'MaxPooling2D')
      model.dispose()
    }
  }
})

/** Margins of the windows of strided layers in the frozen graph, by the name of the layer. */
function marginsOf(network: object, input: readonly [number, number, number]): Map<string, unknown> {
  const { model } = compose(network, input, 'bi-real')
  const { graph } = freeze(model)
  model.dispose()
  const strided = graph.nodes.flatMap(({ name, attributes }) => {
    const { strides, padding, size } = attributes as { strides?: number[]; padding?: number[]; size?: number[] }
    return strides && padding && Math.max(...strides) > 1 && size?.[0] !== 2 ? [[name, padding] as const] : []
  })
  return new Map(strided)
}

test.each([
  [{ name: 'resnet18', width: 4 }, [64, 64, 3], { 'stem.conv': 3, 'stem.pool': 1, 'stage2.block1.conv1': 1 }],
  [{ name: 'resnet50', width: 4 }, [64, 64, 3], { 'stem.conv': 3, 'stem.pool': 1, 'stage2.block1.conv1': 1 }],
  [{ name: 'resnet20', width: 4 }, [8, 8, 3], { 'stage2.block1.conv1': 1, 'stage3.block1.conv1': 1 }],
  [{ name: 'react-a', width: 4 }, [32, 32, 3], { 'stem.conv': 1, 'stage2.block1.conv1': 1 }],
  [{ name: 'bnext', width: 4 }, [32, 32, 3], { 'stem.conv': 1, 'stage2.block1.conv1': 1 }],
  [{ name: 'hourglass', width: 8, depth: 1 }, [16, 16, 3], { 'stem.conv': 3 }],
  [{ name: 'simple-baseline', width: 4, channels: 8 }, [32, 32, 3], { 'stem.conv': 3, 'stem.pool': 1 }],
] as const)('networks of PyTorch pad strided windows equally on all sides: %j', (network, input, expected) => {
  const margins = marginsOf(network, input)
  for (const [layer, sides] of Object.entries(expected)) {
    const [name] = [...margins.keys()].filter((node) => node === layer || node === `${layer}.conv`)
    expect(margins.get(name), layer).toEqual([sides, sides, sides, sides])
  }
})

test('resnet-small and QuickNet pad as TensorFlow does', () => {
  for (const network of [
    { name: 'resnet-small', width: 4 },
    { name: 'quicknet', width: 8 },
  ]) {
    const strided = [...marginsOf(network, [32, 32, 3]).values()]
    expect(strided.length).toBeGreaterThan(1)
    for (const margins of strided) expect(margins).toEqual([0, 1, 0, 1])
  }
})

test("AlexNet's maps are those of XNOR-Net's released code", () => {
  const { model, features } = compose({ name: 'alexnet', width: 12, hidden: 16 }, [224, 224, 3])
  const sizesOf = (...names: string[]) => names.map((name) => model.getLayer(name).outputShape.slice(1, 3))
  expect(sizesOf('stem.conv', 'stem.pool', 'stage1.pool', 'stage2.pool', 'dense1')).toEqual([
    [55, 55],
    [27, 27],
    [13, 13],
    [6, 6],
    [1, 1],
  ])
  expect(features.stage2.shape.slice(1)).toEqual([6, 6, 32])
  expect(configs(model, /^dense\d$/, ['kernelSize', 'padding'])).toEqual([
    ['dense1', [6, 6], 'valid'],
    ['dense2', [1, 1], 'valid'],
  ])
  model.dispose()
})

test.each([
  [32, [16, 8, 4, 2], [1, 1, 1, 1, 1, 1, 1, 1]],
  [16, [16, 8, 4, 4], [1, 1, 1, 1, 1, 1, 1, 2]],
  [8, [16, 8, 8, 8], [1, 1, 1, 1, 1, 2, 2, 4]],
] as const)('an output stride of %i keeps sizes %j and dilates blocks by %j', (outputStride, sizes, dilations) => {
  const { model, features } = compose({ name: 'resnet18', width: 4, outputStride }, [64, 64, 3], 'bi-real')
  expect([1, 2, 3, 4].map((stage) => features[`stage${stage}`].shape.slice(1))).toEqual(
    sizes.map((size, stage) => [size, size, 4 * 2 ** stage]),
  )
  // The first block of a stage with dilation instead of a stride keeps the dilation of the stage before.
  expect(configs(model, /block\d\.conv1$/, ['dilationRate']).map(([, dilation]) => dilation)).toEqual(
    dilations.map((dilation) => [dilation, dilation]),
  )
  model.dispose()
})
