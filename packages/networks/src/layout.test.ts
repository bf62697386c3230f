/** Sizes, strides and dilations of networks, layer by layer: a wrong one still trains, and freezes to what it trained to. */
import blocks from '@onebit/blocks'
import classify, { composeClassifier } from '@onebit/classify'
import { createRegistry } from '@onebit/core'
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

test("ResNet-18's stem is a convolution of 7 and a pool of 3, both of stride 2", () => {
  for (const stem of ['norm', 'pool-norm']) {
    const { model } = compose({ name: 'resnet18', width: 4, stem }, [64, 64, 3])
    expect(configs(model, /^stem\.conv$/, ['kernelSize', 'strides', 'padding', 'useBias'])).toEqual([
      ['stem.conv', [7, 7], [2, 2], 'same', false],
    ])
    expect(configs(model, /^stem\.pool$/, ['poolSize', 'strides', 'padding'])).toEqual([['stem.pool', [3, 3], [2, 2], 'same']])
    model.dispose()
  }
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
  // The first block of a stage that would have shrunk still sees the image as it was.
  expect(configs(model, /block\d\.conv1$/, ['dilationRate']).map(([, dilation]) => dilation)).toEqual(
    dilations.map((dilation) => [dilation, dilation]),
  )
  model.dispose()
})
