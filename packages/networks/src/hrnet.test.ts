/** HRNet: the published parameters from topology alone, its sizes, and the binary layers of its forms. */
import blocks from '@onebit/blocks'
import { convention, createRegistry, OptionError, storedParameters } from '@onebit/core'
import { composeModel, parametersOf } from '@onebit/layers'
import pose from '@onebit/pose'
import quantizers from '@onebit/quantizers'
import train from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import networks from './index.ts'

const registry = createRegistry([quantizers, blocks, networks, pose, train])

beforeAll(async () => {
  await tf.setBackend('cpu')
  // Avoids millions of random numbers that no test reads.
  const scaling = Object.getPrototypeOf(Object.getPrototypeOf(tf.initializers.glorotNormal({})))
  vi.spyOn(scaling, 'apply').mockImplementation((shape) => tf.fill(shape as number[], 0.01))
})

const joints = Array.from({ length: 17 }, (_, joint) => `joint ${joint}`)
const binary = { block: 'bi-real', activation: 'approx-sign', weight: 'magnitude-aware-sign' } as const
const float = { block: 'basic' } as const

const compose = (options: object, quantized: object, input: readonly [number, number, number] = [64, 32, 3]) =>
  composeModel(registry, {
    task: 'pose',
    facts: { joints, pairs: [], bones: [], metric: 'OKS' },
    network: { name: 'hrnet', ...options } as never,
    input,
    ...(quantized as typeof binary),
  })

const small = { width: 4, stem: 4, convolutions: 2 } as const

describe('the published network has the parameters of the released code', () => {
  // Its table has 28.5 and 63.6 million. These are counted from its layers, with 17 joints.
  test.each([
    [32, 28_536_113],
    [48, 63_595_745],
  ])('width %i: %i', (width, parameters) => {
    const { model } = compose({ width }, float, [256, 192, 3])
    expect(storedParameters(parametersOf(model), convention('xnor')).parameters).toBe(parameters)
    model.dispose()
  })
})

test('stages exchange 1, 4 and 3 times, and the head reads a quarter of the picture', () => {
  const { model, features, outputs } = compose(small, binary)
  const modules = Object.keys(features).filter((name) => name.includes('module'))
  const counts = [2, 3, 4].map((stage) => modules.filter((name) => name.startsWith(`stage${stage}.`)).length)
  expect(counts).toEqual([1, 4, 3])
  expect(outputs.heatmaps.shape).toEqual([null, 16, 8, 17])
  // The smallest of four sizes: a 32nd of the picture, eight times the channels.
  const smallest = model.getLayer('stage4.module1.branch4.block1.conv1')
  expect(smallest.outputShape).toEqual([null, 2, 1, 32])
  // After the last exchange only the largest size is left.
  expect(model.layers.filter(({ name }) => /^stage4\.module3\.sum/.test(name)).map(({ name }) => name)).toEqual([
    'stage4.module3.sum1',
  ])
  model.dispose()
})

/** Names of convolutions with bits, and of real ones. With symmetric padding, a real one is a QuantConv2D without quantizers. */
function convolutions({ layers }: tf.LayersModel): { readonly bits: string[]; readonly real: string[] } {
  const all = layers.filter((layer) => ['Conv2D', 'QuantConv2D'].includes(layer.getClassName()))
  const isReal = (layer: tf.layers.Layer): boolean => !layer.getConfig().kernelQuantizer
  const namesOf = (some: tf.layers.Layer[]): string[] => some.map(({ name }) => name)
  return { bits: namesOf(all.filter((layer) => !isReal(layer))), real: namesOf(all.filter(isReal)) }
}

test('the binary form has real convolutions in stem and head only', () => {
  const { model } = compose(small, { ...binary, block: { name: 'bi-real', downsample: 'binary' } })
  const { bits, real } = convolutions(model)
  expect(real).toEqual(['stem.conv1', 'stem.conv2', 'head.conv'])
  expect(bits).toContain('stage4.module3.from4to1')
  model.dispose()
})

test("with precision 'real', only the branches' blocks have bits, and the first stage has bottlenecks", () => {
  const { model } = compose({ ...small, precision: 'real' }, binary)
  const { bits, real } = convolutions(model)
  expect(bits.length).toBeGreaterThan(0)
  expect(bits.every((name) => /\.branch\d\.block\d\.conv\d$/.test(name))).toBe(true)
  expect(real).toContain('stage1.block4.conv3')
  model.dispose()
})

test('a picture that does not halve evenly is refused; with fewer sizes it may be smaller', () => {
  expect(() => compose(small, binary, [48, 32, 3])).toThrow(OptionError)
  expect(() => compose(small, binary, [48, 32, 3])).toThrow(/multiples of 32/)
  const { model } = compose({ ...small, branches: 3, exchanges: 'once' }, binary, [48, 32, 3])
  expect(model.outputs[0].shape).toEqual([null, 12, 8, 17])
  model.dispose()
})
