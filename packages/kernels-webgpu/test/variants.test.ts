/** Variants that callers choose or that devices allow. Each gives its stated numbers, and explanations name it. */
import { explainGraph, type Graph, GraphBuilder, type GraphTensor, reference, typeGraph } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import { Random, SEED } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { compileProgram } from '../src/compile/compile-program.ts'
import { extensionsOf } from '../src/device/extensions.ts'
import { type WebgpuOptions, webgpu } from '../src/index.ts'
import { TILES_BY_RULE } from '../src/kernels/choose-tile.ts'
import { nodeGpu } from '../src/node.ts'
import type { Extension } from '../src/shaders/piece.ts'
import { packFloat16, toFloat16 } from '../src/weights/float16.ts'
import { firstDifference } from './compare.ts'
import { describeOnGpu, gpu } from './gpu.ts'

const KERNELS = new URL('../../kernels-wasm/wasm/kernels.wasm', import.meta.url)

/** A stem with some of its possible followers, and any window, strides, dilations, padding and channels. */
function stemOf(random: Random): Graph {
  const builder = new GraphBuilder()
  const [channels, outputs] = [random.integer(1, 9), random.integer(1, 11)]
  const pair = (low: number, high: number) => [random.integer(low, high), random.integer(low, high)] as const
  const [window, strides, dilations] = [pair(1, 5), pair(1, 3), pair(1, 2)]
  const padding = [...pair(0, 3), ...pair(0, 3)] as const
  const image = builder.input('image', [random.integer(9, 20), random.integer(9, 20), channels])
  const bias = random.chance(0.5) && { bias: random.floatTensor(outputs) }
  const tensors = { weights: random.floatTensor(...window, channels, outputs), ...bias }
  let value = builder.node('conv2d', { name: 'stem', inputs: [image], tensors, attributes: { strides, dilations, padding } })
  if (random.chance(0.5)) {
    const affine = { scale: random.floatTensor(outputs), shift: random.floatTensor(outputs) }
    value = builder.node('affine', { inputs: [value], tensors: affine })
  }
  const rectifier = random.integer(0, 2)
  if (rectifier === 1) value = builder.node('prelu', { inputs: [value], tensors: { slope: random.floatTensor(outputs) } })
  if (rectifier === 2) value = builder.node('activation', { inputs: [value], attributes: { function: 'relu' } })
  builder.output('y', value)
  return builder.build()
}

async function run(graph: Graph, options: WebgpuOptions, image: Float32Array): Promise<ArrayLike<number>> {
  const network = await webgpu({ gpu, ...options }).compile(graph)
  const { y } = await network.run({ image }, { validate: false })
  network.dispose()
  return y
}

const imageOf = ({ inputs: [{ shape }] }: Graph, random: Random, batch: number): Float32Array =>
  random.floats(batch * shape.reduce((a, b) => a * b, 1), -1, 3)

async function onWasm(graph: Graph, image: Float32Array): Promise<ArrayLike<number>> {
  const network = await wasm({ module: KERNELS, stem: 'int8' }).compile(graph)
  const { y } = await network.run({ image }, { validate: false })
  network.dispose()
  return y
}

/** A stem, a second convolution and a softmax of many classes. */
function network(second: GraphTensor): Graph {
  const builder = new GraphBuilder()
  const random = new Random(5)
  const image = builder.input('image', [8, 8, 3])
  const stem = builder.node('conv2d', { name: 'stem', inputs: [image], tensors: { weights: random.floatTensor(3, 3, 3, 4) } })
  const next = builder.node('conv2d', { name: 'second', inputs: [stem], tensors: { weights: second } })
  const mean = builder.node('mean', { name: 'mean', inputs: [next], attributes: { axes: [0, 1] } })
  builder.output('y', builder.node('softmax', { name: 'scores', inputs: [mean] }))
  return builder.build()
}

describeOnGpu('a stem of int8', () => {
  it.each([
    ['plain', true],
    ['plain', false],
    ['guarded', true],
  ] as const)('gives the numbers of kernels-wasm, %s arithmetic, packed dots %s', async (arithmetic, packedDots) => {
    for (let number = 0; number < 25; number++) {
      const random = new Random(SEED + number)
      const graph = stemOf(random)
      const image = imageOf(graph, random, random.integer(1, 3))
      const actual = await run(graph, { stem: 'int8', arithmetic, packedDots }, image)
      expect(firstDifference(actual, await onWasm(graph, image)), `ONEBIT_SEED=${SEED + number}`).toBeUndefined()
    }
  })

  it.each([
    ['zeros', 0],
    ['NaN', Number.NaN],
    ['an infinity', Number.NEGATIVE_INFINITY],
    ['a tiny number', -1e-33],
  ])('takes %s as kernels-wasm does', async (_, value) => {
    const graph = stemOf(new Random(3))
    const image = imageOf(graph, new Random(4), 2)
    if (value === 0 || value === -1e-33) image.fill(0, 0, image.length / 2)
    image[7] = value
    expect(firstDifference(await run(graph, { stem: 'int8' }, image), await onWasm(graph, image))).toBeUndefined()
  })
})

describe('float16', () => {
  it.each([
    [1, 1, 0x3c00],
    [-2, -2, 0xc000],
    [65504, 65504, 0x7bff],
    [1 + 2 ** -11, 1, 0x3c00],
    [1 + 3 * 2 ** -11, 1 + 2 ** -9, 0x3c02],
    [2 - 2 ** -12, 2, 0x4000],
    [2 ** -14, 2 ** -14, 0x0400],
    [2 ** -15, 0, 0],
    [-(2 ** -14) * 0.6, -(2 ** -14), 0x8400],
    [-0, -0, 0x8000],
  ])('%f is %f', (value, rounded, bits) => {
    expect(toFloat16(value)).toBe(rounded)
    expect(packFloat16(Float32Array.of(value, 0))).toEqual(Uint32Array.of(bits))
  })

  it('has no number beyond 65,504', () => {
    expect(toFloat16(65519)).toBe(65504)
    expect(toFloat16(65520)).toBeUndefined()
    expect(packFloat16(Float32Array.of(1, Number.POSITIVE_INFINITY))).toBeUndefined()
  })

  it('is as near as stated', () => {
    const random = new Random(SEED)
    for (let i = 0; i < 10_000; i++) {
      const value = random.normal() * 2 ** random.integer(-18, 12)
      const bound = Math.max(2 ** -11 * Math.abs(value), Math.abs(value) < 2 ** -14 ? 2 ** -15 : 0)
      expect(Math.abs(toFloat16(value)! - value), `${value}`).toBeLessThanOrEqual(bound)
    }
  })
})

/** The graph with the weights of its real layers rounded to float16. */
function rounded(graph: Graph): Graph {
  const names = new Set(graph.nodes.filter(({ op }) => op === 'conv2d').map(({ tensors }) => tensors.weights))
  const tensors = Array.from(graph.tensors, ([name, tensor]): [string, GraphTensor] => {
    if (!names.has(name) || tensor.dtype === 'bit') return [name, tensor]
    return [name, { ...tensor, data: tensor.data.map((value) => toFloat16(value)!) }]
  })
  return { ...graph, tensors: new Map(tensors) }
}

describeOnGpu('weights of float16', () => {
  it.each([true, false])(
    'give the reference with such weights, bit for bit, and stay within the bound; shaderF16 %s',
    async (shaderF16) => {
      for (let number = 0; number < 12; number++) {
        const random = new Random(SEED + number)
        const graph = stemOf(random)
        const image = imageOf(graph, random, 1)
        const actual = await run(graph, { weights: 'float16', shaderF16 }, image)
        const expected = await (await reference.compile(rounded(graph))).run({ image })
        expect(firstDifference(actual, expected.y), `ONEBIT_SEED=${SEED + number}`).toBeUndefined()
      }
    },
  )

  it('moves a sum by the rounding of its weights at most', async () => {
    const random = new Random(SEED)
    const builder = new GraphBuilder()
    const [inputs, outputs] = [200, 33]
    const weights = random.floatTensor(inputs, outputs)
    builder.output('y', builder.node('dense', { inputs: [builder.input('image', [inputs])], tensors: { weights } }))
    const graph = builder.build()
    const image = random.floats(inputs)
    const [half, full] = [await run(graph, { weights: 'float16' }, image), await run(graph, {}, image)]
    for (let output = 0; output < outputs; output++) {
      let bound = 0
      for (let i = 0; i < inputs; i++) {
        const magnitude = Math.abs((weights.data as Float32Array)[i * outputs + output])
        // Both sums are rounded too, by 2^-24 of each partial sum. For 200 of them, 2^-17 of all magnitudes covers this.
        bound += Math.abs(image[i]) * (Math.max(2 ** -11 * magnitude, 2 ** -15) + 2 ** -17 * magnitude)
      }
      expect(Math.abs(half[output] - full[output])).toBeLessThanOrEqual(bound)
    }
    expect(firstDifference(half, full)).toBeDefined()
  })

  it('stay float32 if one has no float16, and say so', async () => {
    const large = { dtype: 'float32', shape: [1, 1, 4, 70], data: new Float32Array(280).fill(1e5) } as const
    const [, second] = await explainGraph(network(large), webgpu({ gpu, weights: 'float16' }))
    expect(second.reason).toBe('Its weights stay float32: some are beyond float16.')
  })
})

describeOnGpu('softmax of a long row', () => {
  it.each([true, false])('is the reference bit for bit, subgroups %s', async (subgroups) => {
    for (const features of [64, 65, 129, 1000]) {
      const builder = new GraphBuilder()
      builder.output('y', builder.node('softmax', { inputs: [builder.input('image', [3, features])] }))
      const graph = builder.build()
      const image = new Random(SEED).floats(2 * 3 * features, -9, 9)
      // One row has a NaN, another an infinity.
      image[features + 1] = Number.NaN
      image[2 * features + 5] = Number.POSITIVE_INFINITY
      const expected = await (await reference.compile(graph)).run({ image }, { validate: false })
      for (const arithmetic of ['plain', 'guarded'] as const) {
        expect(firstDifference(await run(graph, { subgroups, arithmetic }, image), expected.y), `${features}`).toBeUndefined()
      }
    }
  })
})

describeOnGpu('explanations', () => {
  const graph = network(new Random(6).floatTensor(1, 1, 4, 70))

  it('say which variant runs, and why', async () => {
    const adapter = (await gpu.requestAdapter())!
    const explained = async (options: WebgpuOptions) =>
      (await explainGraph(graph, webgpu({ gpu, ...options }))).map(({ kernel, reason }) => [kernel, reason])
    const [stem, second, , scores] = await explained({ stem: 'int8', packedDots: false, subgroups: false })
    expect(stem).toEqual(['int8 sums of 4 outputs', undefined])
    expect(second[1]).toBe('Only convolutions of a graph input compute in integers.')
    expect(scores).toEqual(['softmax of a row by a workgroup', 'Its largest value is found in workgroup memory: no subgroups.'])
    if (!adapter.features.has('subgroups')) return
    expect((await explained({})).at(-1)).toEqual(['softmax of a row by a workgroup and its subgroups', undefined])
  })
})

/**
 * No device here has all extensions. Dawn's compiler at least checks them, on a null device that has all and computes nothing.
 */
describe('extensions', () => {
  const graph = network(new Random(6).floatTensor(1, 1, 4, 70))
  const codeOf = (extensions: readonly Extension[]): string[] =>
    compileProgram(typeGraph(graph), {
      arithmetic: { fusesProducts: true, extensions: new Set(extensions) },
      tiles: TILES_BY_RULE,
      variants: { stem: 'int8', weights: 'float16' },
    }).dispatches.map(({ code }) => code)

  it('are announced by the kernels that use them, and by no other', () => {
    const plain = codeOf([]).join('')
    expect(plain).not.toMatch(/enable|requires|subgroup|f16>|dot4I8Packed/)
    const all = codeOf(['subgroups', 'float16', 'packed-dots'])
    const using = (part: RegExp): number => all.filter((code) => part.test(code)).length
    for (const [directive, use] of [
      [/^enable subgroups;$/m, /subgroupMax/],
      [/^enable f16;$/m, /vec4<f16>/],
      [/^requires packed_4x8_integer_dot_product;$/m, /dot4I8Packed/],
    ]) {
      expect(using(directive)).toBe(using(use))
      expect(using(use)).toBeGreaterThan(0)
    }
  })

  it('are WGSL that Dawn takes', async (context) => {
    const nothing = await nodeGpu(['backend=null']).catch(() => undefined)
    const adapter = await nothing?.requestAdapter()
    if (!adapter) return context.skip('Dawn has no device without hardware here')
    const device = await adapter.requestDevice({ requiredFeatures: ['subgroups', 'shader-f16'] })
    for (const code of codeOf(['subgroups', 'float16', 'packed-dots'])) {
      const module = device.createShaderModule({ code })
      expect((await module.getCompilationInfo()).messages.map(({ message }) => message)).toEqual([])
      await device.createComputePipelineAsync({ layout: 'auto', compute: { module } })
    }
    device.destroy()
  })

  it('are those of the device and of the language', () => {
    const language = { wgslLanguageFeatures: new Set(['packed_4x8_integer_dot_product']) } as unknown as GPU
    const features = new Set(['subgroups', 'shader-f16', 'timestamp-query']) as unknown as GPUSupportedFeatures
    expect([...extensionsOf({ features }, language)]).toEqual(['subgroups', 'float16', 'packed-dots'])
    expect(extensionsOf({ features: new Set() as unknown as GPUSupportedFeatures }, {} as GPU).size).toBe(0)
  })
})
