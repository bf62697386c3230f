/** The published stacked hourglasses: their parameters and memory from topology alone, sizes, and heat-maps between stacks. */
import blocks from '@onebit/blocks'
import { convention, createRegistry, OptionError, storedParameters } from '@onebit/core'
import { composeModel, freeze, parametersOf } from '@onebit/layers'
import pose from '@onebit/pose'
import quantizers from '@onebit/quantizers'
import train from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import networks, { publishedPoseNetwork, publishedPoseNetworks } from './index.ts'

const registry = createRegistry([quantizers, blocks, networks, pose, train])

beforeAll(async () => {
  await tf.setBackend('cpu')
  // Avoids millions of random numbers that no test reads.
  const scaling = Object.getPrototypeOf(Object.getPrototypeOf(tf.initializers.glorotNormal({})))
  vi.spyOn(scaling, 'apply').mockImplementation((shape) => tf.fill(shape as number[], 0.01))
})

const joints = Array.from({ length: 16 }, (_, joint) => `joint ${joint}`)
const facts = { joints, pairs: [], bones: [], metric: 'PCKh' } as const
const hierarchical = { name: 'hierarchical', prelu: false } as const
const binary = { activation: 'ste-sign', weight: 'xnor' } as const

const compose = (network: object, input: readonly [number, number, number], quantizers: object = binary, names = joints) =>
  composeModel(registry, {
    task: 'pose',
    facts: { ...facts, joints: names },
    network: { name: 'hourglass', ...network } as never,
    block: hierarchical,
    input,
    ...quantizers,
  })

describe('16 joints, 256 channels', () => {
  test.each([
    [1, 6_236_304, 6_100_992],
    [2, 12_066_464, 6_100_992 + 14 * 405_504],
    [3, 17_896_624, 6_100_992 + 28 * 405_504],
  ])('%i stacks have %i parameters, %i of them of one bit', (stacks, all, ofOneBit) => {
    const { model } = compose({ stacks }, [256, 256, 3])
    const parameters = parametersOf(model)
    model.dispose()
    // Scale and shift of BatchNorm count, as in PyTorch.
    expect(storedParameters(parameters, convention('xnor')).parameters).toBe(all)
    expect(parameters.binary).toBe(ofOneBit)
    const packed = (parameters.binary / 8 + 4 * (all - parameters.binary)) / 1e6
    if (stacks === 1) expect(packed.toFixed(3)).toBe('1.304')
  })

  test('the float twin has as many', () => {
    const { model } = compose({}, [256, 256, 3], { activation: 'relu' })
    expect(storedParameters(parametersOf(model), convention('xnor')).parameters).toBe(6_236_304)
    model.dispose()
  })
})

describe('by name', () => {
  test.each(Object.keys(publishedPoseNetworks))('%s resolves, with each quantizer on its side', (name) => {
    const { activation, weight, network } = publishedPoseNetwork(registry, name)
    expect(name.startsWith(network.plugin.name), name).toBe(true)
    expect(activation?.plugin.for ?? ['activation'], name).toContain('activation')
    expect(weight?.plugin.for ?? ['weight'], name).toContain('weight')
  })

  test('an unknown name is refused with the nearest', () => {
    expect(() => publishedPoseNetwork(registry, 'hourglass-4')).toThrow(/Did you mean 'hourglass-/)
  })
})

test('heat-maps of every stack are outputs, a quarter of the picture wide, as many as joints', () => {
  const { model, outputs } = compose({ stacks: 3, width: 8, depth: 2 }, [32, 48, 3], binary, joints.slice(0, 5))
  expect(Object.entries(outputs).map(([name, { shape }]) => [name, shape])).toEqual(
    ['heatmaps', 'heatmaps1', 'heatmaps2'].map((name) => [name, [null, 8, 12, 5]]),
  )
  expect(freeze(model).graph.outputs.map(({ name }) => name)).toEqual(['heatmaps', 'heatmaps1', 'heatmaps2'])
  model.dispose()
})

test('a size that does not halve down to the bottom is refused, with a size that fits', () => {
  expect(() => compose({ width: 8 }, [96, 96, 3])).toThrow(/multiples of 64/)
  expect(() => compose({ width: 6 }, [64, 64, 3])).toThrow(/Give a width of 8/)
})

test('stated joints take precedence over those of the data, and then do not fit the head', () => {
  expect(() => compose({ stacks: 2, width: 8, joints: 3 }, [64, 64, 3])).toThrow(OptionError)
})
