/** The backend as a whole: life cycle, memory, concurrency, explanations, errors, and random networks. */

import { readFile } from 'node:fs/promises'
import {
  BackendUnsupportedError,
  DisposedError,
  elementCount,
  explainGraph,
  type Graph,
  GraphBuilder,
  GraphError,
  InputError,
  reference,
} from '@onebit/core'
import { perceptron, Random, residualNetwork, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { wasm } from '../src/index.ts'
import { backend, expectSameAsReference, firstDifference } from './compare.ts'

function smallNetwork(): Graph {
  const builder = new GraphBuilder()
  const bits = sign(builder, builder.input('x', [4, 4, 16]))
  const weights = new Random(7, SOME_SPECIAL).bitTensor(112, 3, 3, 16)
  const sums = builder.node('binaryConv2d', { name: 'sums', inputs: [bits], tensors: { weights } })
  builder.output('sums', sums)
  builder.output('bits', bits)
  return builder.build()
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe('kernels-wasm', () => {
  it('runs random networks like the reference, bit for bit', async () => {
    for (let number = 0; number < 120; number++) {
      const random = new Random(SEED + number, SOME_SPECIAL)
      const graph = residualNetwork(random)
      try {
        await expectSameAsReference(graph, random, random.integer(1, 3))
      } catch (cause) {
        throw new Error(`Network ${number} of ONEBIT_SEED=${SEED}`, { cause })
      }
    }
  })

  it('keeps calls that overlap apart', async () => {
    const executable = await backend.compile(smallNetwork())
    const plain = await reference.compile(smallNetwork())
    const random = new Random(SEED, SOME_SPECIAL)
    const inputs = Array.from({ length: 20 }, () => ({ x: random.floats(256 * random.integer(1, 3)) }))
    const results = await Promise.all(inputs.map((input) => executable.run(input)))
    for (const [index, input] of inputs.entries()) {
      const expected = await plain.run(input)
      expect(firstDifference(results[index].sums, expected.sums)).toBeUndefined()
      expect(firstDifference(results[index].bits, expected.bits)).toBeUndefined()
    }
  })

  it.each<[string, Graph, number]>([
    ['samples', smallNetwork(), 1],
    ['batches', perceptron(new Random(SEED, SOME_SPECIAL), [64, 32, 10]), 19],
  ])('needs no more memory after 10,000 runs of %s', async (_, graph, batch) => {
    const memories = vi.spyOn(WebAssembly.Memory.prototype, 'grow')
    const executable = await backend.compile(graph)
    const x = new Random(SEED, SOME_SPECIAL).floats(batch * elementCount(graph.inputs[0].shape))
    for (let i = 0; i < 10_000; i++) await executable.run({ x })
    expect(memories).not.toHaveBeenCalled()
    memories.mockRestore()
  })

  it('throws once disposed', async () => {
    const executable = await backend.compile(smallNetwork())
    executable.dispose()
    await expect(executable.run({ x: new Float32Array(256) })).rejects.toSatisfy((error) => DisposedError.isInstance(error))
  })

  it('refuses inputs that do not fit', async () => {
    const executable = await backend.compile(smallNetwork())
    await expect(executable.run({ x: new Float32Array(255) })).rejects.toSatisfy((error) => InputError.isInstance(error))
    const broken = new Float32Array(256).fill(Number.NaN)
    await expect(executable.run({ x: broken })).rejects.toSatisfy((error) => InputError.isInstance(error))
  })

  it('explains every node', async () => {
    const explanations = await explainGraph(smallNetwork(), backend)
    expect(explanations.map(({ node, op }) => [node, op])).toEqual([
      ['threshold1', 'threshold'],
      ['sums', 'binaryConv2d'],
    ])
  })

  it('says what is fused and how the kernel was chosen', async () => {
    const builder = new GraphBuilder()
    const random = new Random(SEED, SOME_SPECIAL)
    const bits = sign(builder, builder.input('x', [4, 4, 16]))
    const depthwise = builder.node('binaryConv2d', {
      name: 'depthwise',
      inputs: [bits],
      tensors: { weights: random.bitTensor(16, 3, 3, 1) },
      attributes: { groups: 16 },
    })
    builder.output('depthwise', depthwise)
    const sums = builder.node('binaryConv2d', {
      name: 'full',
      inputs: [bits],
      tensors: { weights: random.bitTensor(16, 3, 3, 16) },
    })
    const tensors = { scale: random.floatTensor(16), shift: random.floatTensor(16) }
    const affine = builder.node('affine', { name: 'affine', inputs: [sums], tensors })
    builder.output('bits', sign(builder, affine))
    const explained = new Map((await explainGraph(builder.build(), backend)).map((entry) => [entry.node, entry]))
    expect(explained.get('depthwise')?.kernel).toBe('depthwise')
    expect(explained.get('full')).toMatchObject({
      kernel: expect.stringContaining('lookup tables'),
      choice: expect.stringContaining('trial'),
    })
    expect(explained.get('depthwise')).not.toHaveProperty('choice')
    expect(explained.get('affine')?.kernel).toBe('fused into full')
    expect(explained.get('threshold2')?.kernel).toBe('fused into full')
  })

  it('says how popcount was chosen, with the fused epilogue', async () => {
    const popcount = await explainGraph(smallNetwork(), wasm({ binaryKernel: 'popcount' }))
    expect(popcount.find(({ node }) => node === 'sums')).toMatchObject({ kernel: 'popcount', choice: 'Popcount was requested.' })
    const builder = new GraphBuilder()
    const bits = sign(builder, builder.input('x', [4, 4, 16]))
    const weights = new Random(3, SOME_SPECIAL).bitTensor(16, 3, 3, 16)
    builder.output('bits', sign(builder, builder.node('binaryConv2d', { name: 'full', inputs: [bits], tensors: { weights } })))
    const fused = await explainGraph(builder.build(), wasm({ binaryKernel: 'popcount' }))
    expect(fused.map(({ kernel }) => kernel)).toEqual(['thresholdOnce', 'popcount', 'fused into full'])
  })

  it('says how many samples of a batch run at once', async () => {
    const samplesOf = async (graph: Graph, threads: number): Promise<(number | undefined)[]> =>
      (await explainGraph(graph, wasm({ threads }))).map(({ samples }) => samples)
    const dense = perceptron(new Random(SEED, SOME_SPECIAL), [16, 10])
    expect(await samplesOf(dense, 1)).toEqual([16, 16, 16, 16])
    expect(await samplesOf(dense, 2)).toEqual([32, 32, 32, 32])
    expect(await samplesOf(smallNetwork(), 1)).toEqual([undefined, undefined])
  })

  it('refuses an invalid graph', async () => {
    const graph = smallNetwork()
    await expect(backend.compile({ ...graph, tensors: new Map() })).rejects.toSatisfy((error) => GraphError.isInstance(error))
  })

  it('computes the same with either tile and either build', async () => {
    const x = new Random(SEED, SOME_SPECIAL).floats(256)
    const { sums } = await (await reference.compile(smallNetwork())).run({ x })
    for (const relaxedSimd of [false, true]) {
      for (const tileOutputs of [32, 64] as const) {
        const executable = await wasm({ relaxedSimd, tileOutputs }).compile(smallNetwork())
        expect(firstDifference((await executable.run({ x })).sums, sums)).toBeUndefined()
      }
    }
  })

  it('takes the module as bytes or compiled', async () => {
    const bytes = await readFile(new URL('../wasm/kernels.wasm', import.meta.url))
    for (const module of [bytes, await WebAssembly.compile(bytes)]) {
      const executable = await wasm({ module }).compile(smallNetwork())
      expect(Object.keys(await executable.run({ x: new Float32Array(256) }))).toEqual(['sums', 'bits'])
    }
  })

  it('says why it cannot run', async () => {
    expect(await backend.isSupported()).toEqual({ supported: true })
    vi.stubGlobal('WebAssembly', undefined)
    expect(await backend.isSupported()).toMatchObject({ supported: false })
    await expect(backend.compile(smallNetwork())).rejects.toSatisfy((error) => BackendUnsupportedError.isInstance(error))
  })

  it.each([1, 2])('refuses a module of another release, on %i threads', async (threads) => {
    const file = threads > 1 ? 'kernels-shared.wasm' : 'kernels.wasm'
    const module = await WebAssembly.compile(await readFile(new URL(`../wasm/${file}`, import.meta.url)))
    const instantiate = WebAssembly.instantiate as (module: WebAssembly.Module, imports: object) => Promise<WebAssembly.Instance>
    const stale = async (...arguments_: Parameters<typeof instantiate>): Promise<object> => {
      const { exports } = await instantiate(...arguments_)
      return { exports: { ...exports, INTERFACE_VERSION: { value: 0 } } }
    }
    const spy = vi.spyOn(WebAssembly, 'instantiate').mockImplementation(stale as never)
    const compiled = wasm({ module, threads }).compile(smallNetwork())
    await expect(compiled).rejects.toSatisfy((error) => BackendUnsupportedError.isInstance(error))
    await expect(compiled).rejects.toThrow('another release')
    spy.mockRestore()
  })

  it('says where it looked for a module that is not there', async () => {
    const module = new URL('../wasm/nowhere.wasm', import.meta.url)
    await expect(wasm({ module }).compile(smallNetwork())).rejects.toThrow('nowhere.wasm')
  })
})
