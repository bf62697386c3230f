/** Published costs from topology alone: no weight is drawn and no image is read. */
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { type Cost, convention, costOf, createRegistry, type ModelParameters, storedParameters } from '@onebit/core'
import { freeze, parametersOf } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import networks, { type PublishedNetwork, publishedNetwork, publishedNetworks } from './index.ts'

const registry = createRegistry([quantizers, blocks, classify, networks])

beforeAll(async () => {
  await tf.setBackend('cpu')
  // Avoids millions of random numbers that no test reads.
  const scaling = Object.getPrototypeOf(Object.getPrototypeOf(tf.initializers.glorotNormal({})))
  vi.spyOn(scaling, 'apply').mockImplementation((shape) => tf.fill(shape as number[], 0.01))
})

const published = (name: string): PublishedNetwork => ({ ...publishedNetworks[name] })

/** The parameters of a network. They need no graph. */
function parametersIn(network: PublishedNetwork): ModelParameters {
  const model = classifier(registry, publishedNetwork(registry, network))
  const parameters = parametersOf(model)
  model.dispose()
  return parameters
}

interface Costs {
  under(name: string): Cost
  stored(name: string): ReturnType<typeof storedParameters>
}

function build(network: PublishedNetwork): Costs {
  const model = classifier(registry, publishedNetwork(registry, network))
  const { graph } = freeze(model)
  const parameters = parametersOf(model)
  model.dispose()
  return {
    under: (name) => costOf(graph, convention(name)),
    stored: (name) => storedParameters(parameters, convention(name)),
  }
}

const cache = new Map<string, Costs>()
function costs(name: string): Costs {
  if (!cache.has(name)) cache.set(name, build(published(name)))
  return cache.get(name)!
}

const mebibytes = (bits: number): number => bits / 8 / 2 ** 20

describe('ResNet-18 at 224', () => {
  test('multiply-accumulates', () => {
    const { total, nodes } = costs('bi-real-18').under('bi-real')
    expect(total.macs).toEqual({ binary: 1_676_279_808, mixed: 0, real: 118_013_952 + 19_267_584 + 512_000 })
    const binary = nodes.filter(({ op }) => op === 'binaryConv2d')
    expect(binary).toHaveLength(16)
    expect(binary.reduce((sum, { parameters }) => sum + parameters.binary, 0)).toBe(10_985_472)
    expect(costs('resnet-18-float').under('bi-real').total.flops).toBe(1_814_073_344)
    expect(costs('resnet-18-float').stored('bi-real').parameters).toBe(11_689_512)
  })
})

describe('Bi-Real Net, table 3', () => {
  test.each([
    ['bi-real-18', 'bi-real', 163_985_408, '11.06'],
    ['xnor-18', 'xnor', 166_995_968, '10.86'],
    ['bi-real-34', 'bi-real', 192_886_784, '18.99'],
    ['xnor-34', 'xnor', 198_406_144, '18.47'],
  ])('%s', (name, rules, ops, speedup) => {
    const { total } = costs(name).under(rules)
    expect(total.ops).toBe(ops)
    expect(total.speedup.toFixed(2)).toBe(speedup)
  })

  test.each([
    ['bi-real-18', 'bi-real', '33.576', '11.14'],
    ['xnor-18', 'xnor', '33.699', '11.10'],
    ['resnet-18-float', 'bi-real', '374.126', '1.00'],
    ['bi-real-34', 'bi-real', '43.677', '15.97'],
    ['xnor-34', 'xnor', '43.919', '15.88'],
    ['resnet-34-float', 'bi-real', '697.349', '1.00'],
  ])('memory of %s under %s, and its ratio to float memory', (name, rules, megabits, times) => {
    const { memoryBits, floatMemoryBits } = costs(name).stored(rules)
    expect((memoryBits / 1e6).toFixed(3)).toBe(megabits)
    expect((floatMemoryBits / memoryBits).toFixed(2)).toBe(times)
  })
})

describe('Real-to-Binary, table 1', () => {
  const rules = 'real-to-binary'

  test('BOPs with real and with binary downsampling', () => {
    expect(costs('real-to-binary-18').under(rules).total.bops).toBe(1_676_279_808)
    expect(costs('bnn-18').under(rules).total.bops).toBe(1_695_547_392)
  })

  test('FLOPs of the real network', () => {
    expect(costs('resnet-18-float').under(rules).total.flops).toBe(1_826_040_320)
  })

  // The table's Bi-Real Net has PReLUs and scales: it is the strong baseline. Its double skip is the same with 1-bit
  // downsampling.
  const doubleSkip = { name: 'strong-baseline', downsample: 'binary' }
  const ours = { name: 'real-to-binary', scale: 'channel' }

  test.each([
    ['ours', { ...published('real-to-binary-18'), block: ours }, 156_377_088, 1_676_279_808],
    ['Bi-Real', published('strong-baseline-18'), 154_401_792, 1_676_279_808],
    ['double skip', { ...published('strong-baseline-18'), block: doubleSkip }, 135_134_208, 1_695_547_392],
  ])('FLOPs and BOPs of %s', (_, network, flops, bops) => {
    expect(build(network).under(rules).total).toMatchObject({ flops, bops })
  })

  test('without a scale beside the gate, a layer that only turns accumulators into floats costs nothing', () => {
    expect(costs('real-to-binary-18').under(rules).total.flops).toBe(156_377_088 - 1_505_280)
  })

  // The paper does not state the real layers of these two networks. The figures are deviations, not a match.
  const withoutInputScale = { ...published('xnor-18'), block: { name: 'xnor', inputScale: false, downsample: 'binary' } }

  test.each([
    ['bnn-18', published('bnn-18'), 1.314e8, -2.66],
    ['xnor-18 without K', withoutInputScale, 1.333e8, -2.01],
  ])('FLOPs of %s, which deviate', (_, network, printed, percent) => {
    const { total } = build(network).under(rules)
    expect((total.flops / printed - 1) * 100).toBeCloseTo(percent, 2)
    expect(total.bops).toBe(1_695_547_392)
  })
})

describe("larq's tables", () => {
  test('RealToBinaryNet', () => {
    const { parameters, memoryBits } = costs('real-to-binary-18').stored('larq')
    expect(parameters).toBe(11_995_624)
    expect(mebibytes(memoryBits).toFixed(2)).toBe('5.13')
  })

  test('Bi-Real Net, printed before BatchNorm was fused there', () => {
    expect(costs('bi-real-18').stored('larq').parameters).toBe(11_699_112)
    expect(mebibytes(costs('bi-real-18').stored('larq-unfused').memoryBits).toFixed(2)).toBe('4.03')
    expect(mebibytes(costs('bi-real-18').stored('larq').memoryBits).toFixed(2)).toBe('4.00')
  })

  test('QuickNet 0.1, printed before BatchNorm was fused there', () => {
    expect(costs('quicknet-0.1').stored('larq').parameters).toBe(10_518_528)
    expect(mebibytes(costs('quicknet-0.1').stored('larq-unfused').memoryBits).toFixed(2)).toBe('3.21')
  })

  test.each([
    ['quicknet-small', 12_655_688, '4.00'],
    ['quicknet-medium', 13_234_088, '4.17'],
    ['quicknet-large', 23_342_248, '5.40'],
  ])('%s of zoo 1.0, printed after BatchNorm was fused', (name, printed, mebibytesPrinted) => {
    const { parameters, memoryBits } = storedParameters(parametersIn(published(name)), convention('larq-fused'))
    expect(parameters).toBe(printed)
    expect(mebibytes(memoryBits).toFixed(2)).toBe(mebibytesPrinted)
  })
})

test('ReActNet-A, table 1', () => {
  const { total } = costs('react-a').under('bi-real')
  expect(total.bops).toBe(4_816_896_000)
  expect(total.flops).toBe(11_862_016)
  expect(total.ops).toBe(87_126_016)
  // As in the released code: blocks that double the channels have one shift less than paths.
  expect(costs('react-a').stored('bi-real').parameters).toBe(29_343_592)
})

describe('BNext, the README of its released code', () => {
  test('operations of the smallest, with its real layers at 8 bits', () => {
    const { total } = costs('bnext-t').under('bnext')
    expect(total.bops).toBe(4_816_896_000)
    expect(total.macs.real).toBe(10_838_016 + 1_482_496 + 1_024_000)
    expect((total.ops / 1e9).toFixed(3)).toBe('0.077')
    // Printed: 97.81 %.
    expect(((100 * total.bops) / 64 / total.ops).toFixed(2)).toBe('97.83')
    // Here these layers are float32.
    expect(costs('bnext-t').under('bi-real').total.ops).toBe(88_608_512)
  })

  test.each([
    ['bnext-t', 28_253_184, 30_853_276],
    ['bnext-s', 63_569_664, 68_581_174],
  ])('parameters of %s', (name, binary, all) => {
    const parameters = parametersIn(published(name))
    expect(parameters.binary).toBe(binary)
    expect(storedParameters(parameters, convention('larq-fused')).parameters).toBe(all)
  })
})

const floats = (parameters: ModelParameters): number => parameters.real + 2 * parameters.normalizationChannels
const RESNET_18 = { conv: 9_408, downsample: 172_032, norms: 2 * 4_800, head: 513_000, binary: 10_985_472 }
const realOf = ({ conv, downsample, norms, head }: typeof RESNET_18): number => conv + downsample + norms + head

describe('parameters of released code, without the layers that it makes and never calls', () => {
  test.each([
    // One slope per channel of the stem and of each convolution, and one perceptron for the network.
    ['binarizing-by-classification-18', RESNET_18.binary, realOf(RESNET_18) + (64 + 3_840) + 300],
    ['binarizing-by-classification-34', 21_086_208, 711_464 + (64 + 7_552) + 300],
    // A BatchNorm of 512 channels before the head.
    ['ir-net-18', RESNET_18.binary, realOf(RESNET_18) + 2 * 512],
    // Also two slopes per channel, and a center and a distance for each convolution.
    ['adabin-18', RESNET_18.binary, realOf(RESNET_18) + 2 * 512 + 2 * (64 + 3_840) + 2 * 16],
    // Option A has no parameters. 432 are of the stem, 650 of the head. The released code's own comment says 0.27 M.
    ['ir-net-20', 267_264, 432 + 2 * (16 + 672) + 2 * 64 + 650],
    ['adabin-20', 267_264, 432 + 2 * (16 + 672) + 2 * 64 + 650 + 2 * (16 + 672) + 2 * 18],
    // PReLUs behind the stem and every convolution, BatchNorms before convolutions.
    ['improved-training-18', RESNET_18.binary, 9_408 + 172_032 + 513_000 + 2 * (64 + 3_392 + 896) + 64 + 3_840],
    ['binary-net', 14_022_016, 2 * (128 + 128 + 256 + 256 + 512 + 512 + 1024 + 1024 + 10)],
  ])('%s', (name, binary, real) => {
    const parameters = parametersIn(published(name))
    expect(parameters.binary).toBe(binary)
    expect(floats(parameters)).toBe(real)
  })

  test("AlexNet's first dense layer reads 6 x 6 x 256 values", () => {
    const [conv, dense] = [614_400 + 884_736 + 1_327_104 + 884_736, 6 * 6 * 256 * 4096 + 4096 * 4096]
    expect(parametersIn(published('xnor-alexnet'))).toMatchObject({ binary: conv + dense, real: 34_848 + 4_097_000 })
    expect(parametersIn(published('improved-training-alexnet')).binary).toBe(conv + dense)
  })
})

describe('50 layers', () => {
  // 1x1 to a quarter and back, 3x3 in the middle, in 16 blocks.
  const widths = [64, 128, 256, 512]
  const inner = widths.reduce((sum, width, stage) => sum + [3, 4, 6, 3][stage] * 9 * width * width, 0)
  const outer = widths.reduce((sum, width, stage) => sum + (2 * [3, 4, 6, 3][stage] - 1) * 4 * width * width, 0)
  const entries = 64 * 64 + 256 * 128 + 512 * 256 + 1024 * 512

  test('Bi-Real Net begins with a real 1x1 convolution, and fits its narrow value by real ones', () => {
    const parameters = parametersIn(published('bi-real-50'))
    expect(parameters.binary).toBe(inner + outer + entries - 64 * 64)
    const shortcuts = 64 * 256 + 256 * 512 + 512 * 1024 + 1024 * 2048
    const narrow = 64 * 128 + 128 * 256 + 256 * 512
    expect(parameters.real).toBe(9_408 + 64 * 64 + shortcuts + narrow + 2_049_000)
  })

  test('Group-Net has five bottlenecks a block, one shortcut for all, and a gate after the first', () => {
    const parameters = parametersIn(published('group-net-50'))
    const shortcuts = 64 * 256 + 256 * 512 + 512 * 1024 + 1024 * 2048
    expect(parameters.binary).toBe(5 * (inner + outer + entries) + shortcuts)
    expect(parameters.real).toBe(9_408 + 2_049_000 + 15)
  })
})

test('Group-Net-18 of five bases multiplies five times, its shortcuts too', () => {
  const { macs, parameters } = costs('group-net-18').under('bi-real').total
  // All bases of a block use the same shortcut.
  expect(parameters.binary).toBe(5 * 10_985_472 + 172_032)
  expect(macs.binary).toBe(5 * (1_676_279_808 + 19_267_584))
  expect(macs.real).toBe(118_013_952 + 512_000)
})

test('every published network resolves by its names', () => {
  for (const name of Object.keys(publishedNetworks)) {
    const { activation, weight } = publishedNetwork(registry, name)
    expect(activation?.plugin.for ?? ['activation'], name).toContain('activation')
    expect(weight?.plugin.for ?? ['weight'], name).toContain('weight')
  }
  expect(() => publishedNetwork(registry, 'bi-real-16')).toThrow(/Did you mean 'bi-real-18'/)
})

test('conventions are found by name', () => {
  expect(convention('xnor').name).toBe('xnor')
  expect(() => convention('bireal')).toThrow(/bi-real/)
})
