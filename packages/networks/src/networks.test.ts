/** Small networks: they build from any block, name their features, and freeze to graphs that agree with them. */
import blocks from '@onebit/blocks'
import classify, { composeClassifier } from '@onebit/classify'
import { createRegistry, OptionError, reference } from '@onebit/core'
import { freeze, quantizedLayers } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import networkPlugins from './index.ts'

const registry = createRegistry([quantizers, blocks, classify, networkPlugins])

beforeAll(async () => {
  await tf.setBackend('cpu')
})

type Named = { name: string } & Record<string, unknown>
type Size = readonly [number, number, number]

const networks: readonly [Named, Size][] = [
  [{ name: 'resnet-small', width: 8, stages: 2 }, [8, 8, 1]],
  [{ name: 'resnet18', width: 4 }, [32, 32, 3]],
  [{ name: 'resnet18', width: 4, stem: 'pool-norm' }, [32, 32, 3]],
  [{ name: 'resnet34', width: 4, stem: 'norm-prelu' }, [32, 32, 3]],
  [{ name: 'resnet20', width: 4 }, [8, 8, 3]],
  [{ name: 'alexnet', width: 12, hidden: 16 }, [67, 67, 3]],
  [{ name: 'vgg-small', width: 4 }, [8, 8, 3]],
  [{ name: 'react-a', width: 4 }, [32, 32, 3]],
  [{ name: 'quicknet', width: 8 }, [32, 32, 3]],
  [{ name: 'quicknet-0-1', width: 8 }, [32, 32, 3]],
  [{ name: 'bnext', width: 4, blocks: [1, 1, 1, 1, 1] }, [32, 32, 3]],
  [{ name: 'binary-net', width: 4, hidden: 8 }, [8, 8, 3]],
  [{ name: 'hourglass', width: 8, depth: 2 }, [16, 16, 3]],
  [{ name: 'simple-baseline', width: 4, channels: 8, transposed: 1 }, [32, 32, 3]],
]

/**
 * Blocks of one convolution, of two, and with bases beside the main value. The first has no K: twenty products in a row give
 * values of a million, and their last digit flips signs.
 */
const someBlocks: readonly Named[] = [
  { name: 'xnor-plain', inputScale: false },
  { name: 'bi-real' },
  { name: 'group-net', bases: 2 },
]

/** Resolves names that are known only at run time. */
const parts = (network: Named, block: Named) => ({
  network: registry.resolve('network', network),
  block: registry.resolve('block', block),
})

function scramble(model: tf.LayersModel): void {
  let seed = 1
  for (const layer of model.layers) {
    const isNorm = layer.getClassName() === 'BatchNormalization'
    layer.setWeights(
      layer.weights.map(({ shape, originalName }) => {
        const [low, high] = isNorm && /gamma|variance/.test(originalName) ? [0.5, 1.5] : [-0.5, 0.5]
        return tf.randomUniform(shape as number[], low, high, 'float32', seed++)
      }),
    )
  }
}

describe.each(networks.map(([network, size]) => [JSON.stringify(network), network, size] as const))('%s', (_, network, size) => {
  test.each(someBlocks.map((block) => [block.name, block] as const))('%s', async (__, block) => {
    const quantized = { activation: 'approx-sign', weight: 'magnitude-aware-sign' } as const
    const { model, features } = composeClassifier(registry, { ...parts(network, block), ...quantized, classes: 3, input: size })
    scramble(model)
    const image = tf.randomUniform([1, ...size], -1, 1, 'float32', 7)
    const expected = (model.predict(image) as tf.Tensor).dataSync()
    const executable = await reference.compile(freeze(model).graph)
    const { scores } = await executable.run({ image: (await image.data()) as Float32Array })
    for (const [index, value] of expected.entries()) expect(Number(scores[index])).toBeCloseTo(value, 4)
    expect(Object.keys(features).filter((name) => /^stage\d$/.test(name)).length).toBeGreaterThan(1)
    model.dispose()
  })
})

/** Blocks that keep or multiply their channels do not fit stages that change them in another way. */
const refusals: Record<string, readonly string[]> = { alexnet: ['react mobilenet', 'quicknet-0-1', 'bnext'] }

describe('by configuration', () => {
  const everyBlock: readonly Named[] = [
    ...blocks.filter(({ name }) => name !== 'group-net').map(({ name }) => ({ name })),
    { name: 'group-net', bases: 2 },
    { name: 'react', form: 'mobilenet' },
  ]
  const plans = networks.filter(([{ name }], index) => index === networks.findIndex(([network]) => network.name === name))

  test.each(plans.map(([network, size]) => [network.name, network, size] as const))(
    '%s takes any block',
    (name, network, size) => {
      const refused: string[] = []
      for (const block of everyBlock) {
        try {
          const options = { activation: 'ste-sign', weight: 'ste-sign', classes: 2, input: size } as const
          const { model, features } = composeClassifier(registry, { ...parts(network, block), ...options })
          expect(quantizedLayers(model).length, block.name).toBeGreaterThan(0)
          expect(Object.keys(features)).toContain('stage1')
          model.dispose()
        } catch (error) {
          if (!OptionError.isInstance(error)) throw error
          // The fix is another network or block by its name, or a number that fits.
          expect(error.parts.fix, error.message).toMatch(/\w+ \w+.*\.$/)
          refused.push([block.name, block.form].filter(Boolean).join(' '))
        }
      }
      expect(refused.toSorted()).toEqual((refusals[name] ?? []).toSorted())
    },
  )

  test.each(plans.map(([network, size]) => [network.name, network, size] as const))('%s takes any width', (_, network, size) => {
    const binaryWeights = (width: number): number => {
      const options = { activation: 'ste-sign', weight: 'ste-sign', classes: 2, input: size } as const
      const { model } = composeClassifier(registry, { ...options, ...parts({ ...network, width }, { name: 'xnor-plain' }) })
      const count = quantizedLayers(model).reduce((sum, layer) => sum + (layer.latentWeights?.size ?? 0), 0)
      model.dispose()
      return count
    }
    const width = network.width as number
    expect(binaryWeights(2 * width)).toBeGreaterThan(2 * binaryWeights(width))
  })

  test('one or both quantizers may be absent: their side stays real', () => {
    const opsOf = (quantizers: { activation?: 'ste-sign'; weight?: 'ste-sign' }): string[] => {
      const options = { network: { name: 'resnet20', width: 4 }, block: 'bi-real', classes: 2, input: [8, 8, 3] } as const
      const { model } = composeClassifier(registry, { ...options, ...quantizers })
      const { graph } = freeze(model)
      model.dispose()
      return graph.nodes.map(({ op }) => op)
    }
    expect(opsOf({})).not.toContain('binaryConv2d')
    expect(opsOf({ activation: 'ste-sign' })).toContain('threshold')
    expect(opsOf({ weight: 'ste-sign' })).not.toContain('threshold')
  })

  test('a width that does not fit is refused, with a width that fits', () => {
    const build = () =>
      composeClassifier(registry, { network: { name: 'quicknet', width: 22 }, block: 'quicknet', classes: 2, input: [32, 32, 3] })
    expect(build).toThrow(/Give a width of 24/)
  })
})

test('ResNet-18 has a tap after each of its eight blocks, and taps freeze', async () => {
  const { model, features } = composeClassifier(registry, {
    network: { name: 'resnet18', width: 4 },
    block: 'real-to-binary',
    activation: 'ste-sign',
    weight: 'ste-sign',
    classes: 2,
    input: [32, 32, 3],
  })
  expect(Object.keys(features).filter((name) => name.includes('block'))).toHaveLength(8)
  expect(features['stage4.block2']).toBe(features.stage4)
  const { graph } = freeze(model, { taps: { attention: features['stage2.block1'] } })
  expect(graph.outputs.map(({ name }) => name)).toEqual(['scores', 'attention'])
})
