/** Threads give the results of one thread in any order of tasks, with overlapping calls, and after workers die. */

import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { DisposedError, elementCount, explainGraph, type Graph, GraphBuilder, OptionError, reference } from '@onebit/core'
import { Random, residualNetwork, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { build } from 'esbuild'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { WorkerLostError, wasm } from '../src/index.ts'
import { DEFAULT_TILES } from '../src/loading/choose-tile.ts'
import { instantiate } from '../src/loading/kernels.ts'
import { groupSteps } from '../src/threads/thread-plan.ts'
import { firstDifference } from './compare.ts'
import { runShuffled } from './shuffled-run.ts'

const backend = wasm({ threads: 2 })

/** All started workers, one for each thread but the calling one, for tests that kill one. */
const workers: Worker[] = []
const remember = (worker: Worker): void => void workers.push(worker)
process.on('worker', remember)
afterAll(() => void process.off('worker', remember))
afterEach(() => {
  vi.unstubAllGlobals()
})

function inputsOf(graph: Graph, random: Random, batch = 1): Record<string, Float32Array> {
  return Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, random.floats(batch * elementCount(shape))]))
}

/** `layers` binary layers, enough for a run to take a while. The output is the last layer's sums. */
function chain(layers: number, size: number, channels: number): Graph {
  const random = new Random(3, SOME_SPECIAL)
  const builder = new GraphBuilder()
  let value = builder.input('x', [size, size, channels])
  for (let layer = 0; layer < layers; layer++) {
    const weights = random.bitTensor(channels, 3, 3, channels)
    const attributes = { padding: [1, 1, 1, 1] } as const
    value = builder.node('binaryConv2d', { inputs: [sign(builder, value)], tensors: { weights }, attributes })
  }
  builder.output('sums', value)
  return builder.build()
}

/** Transposed layers, a binary one and a real one. */
function decoder(random: Random): Graph {
  const [channels, size] = [24, random.integer(5, 12)]
  const builder = new GraphBuilder()
  const bits = sign(builder, builder.input('x', [size, size + 1, channels]))
  const attributes = { strides: [random.integer(1, 3), 2], padding: [1, 0, 0, 1] } as const
  const tensors = { weights: random.bitTensor(channels, 4, 3, channels) }
  const sums = builder.node('binaryConv2dTranspose', { inputs: [bits], tensors, attributes })
  const perChannel = { scale: random.floatTensor(channels), shift: random.floatTensor(channels) }
  const value = builder.node('affine', { inputs: [sums], tensors: perChannel })
  const real = { weights: random.floatTensor(3, 2, channels, 5), bias: random.floatTensor(5) }
  builder.output('y', builder.node('conv2dTranspose', { inputs: [value], tensors: real, attributes }))
  return builder.build()
}

/** Real layers of few pixels, which threads divide by outputs, and a softmax of many rows. */
function realHead(random: Random): Graph {
  const [channels, outputs] = [random.integer(1, 20), random.integer(60, 140)]
  const builder = new GraphBuilder()
  const tensors = { weights: random.floatTensor(3, 3, channels, outputs), bias: random.floatTensor(outputs) }
  const attributes = { padding: [1, 1, 1, 1] } as const
  const value = builder.node('conv2d', { inputs: [builder.input('x', [random.integer(2, 7), 5, channels])], tensors, attributes })
  const pooled = builder.node('mean', { inputs: [value], attributes: { axes: [0, 1] } })
  const dense = { weights: random.floatTensor(outputs, 203), bias: random.floatTensor(203) }
  builder.output('y', builder.node('dense', { inputs: [pooled], tensors: dense }))
  const classes = builder.input('classes', [random.integer(40, 50), 43, 21])
  builder.output('probabilities', builder.node('softmax', { inputs: [classes] }))
  return builder.build()
}

/** Real layers that read several rows of their input, odd channels, and means over some axes. */
function filters(random: Random): Graph {
  const channels = random.integer(20, 40)
  const builder = new GraphBuilder()
  const image = builder.input('x', [random.integer(12, 24), 20, channels])
  const size = [random.integer(8, 36), random.integer(8, 36)] as const
  const method = random.pick(['nearest', 'bilinear', 'bilinear'] as const)
  const resized = builder.node('resize', { inputs: [image], attributes: { size, method } })
  const depthwise = { weights: random.floatTensor(3, 3, 1, channels), bias: random.floatTensor(channels) }
  const attributes = { padding: [1, 1, 1, 1], groups: channels } as const
  const filtered = builder.node('conv2d', { inputs: [resized], tensors: depthwise, attributes })
  const largest = builder.node('maxPool', { inputs: [filtered], attributes: { size: [2, 3] } })
  for (const axes of [[2], [0, 2], [1], [1, 2]]) {
    builder.output(`mean over ${axes}`, builder.node('mean', { inputs: [largest], attributes: { axes } }))
  }
  builder.output('y', builder.node('prelu', { inputs: [largest], tensors: { slope: random.floatTensor(channels) } }))
  return builder.build()
}

describe('a program for several threads', () => {
  it('computes the same in any order of tasks, on any thread', async () => {
    const module = await WebAssembly.compile(await readFile(new URL('../wasm/kernels.wasm', import.meta.url)))
    let split = 0
    for (let number = 0; number < 100; number++) {
      const random = new Random(SEED + number, SOME_SPECIAL)
      const layers = (): Graph => chain(2, random.integer(9, 20), random.pick([64, 40]))
      const graphs = [
        layers,
        () => residualNetwork(random, 20, 40),
        () => decoder(random),
        () => realHead(random),
        () => filters(random),
      ]
      const graph = graphs[number % graphs.length]()
      const inputs = inputsOf(graph, random)
      const program = compileNetwork(graph, { tiles: random.pick([DEFAULT_TILES, []]), threads: 3 })
      split += groupSteps(program.programs.at(-1)!.steps).filter((tasks) => tasks.length > 1).length
      const results = runShuffled(program, await instantiate(module, program.memory.bytes), inputs, 1, 3, random)
      const expected = await (await reference.compile(graph)).run(inputs, { validate: false })
      for (const { name } of graph.outputs) {
        const difference = firstDifference(results[name], expected[name])
        expect(difference, `${name}, network ${number} of ONEBIT_SEED=${SEED}`).toBeUndefined()
      }
    }
    expect(split).toBeGreaterThan(200)
  })
})

const PROCESS = `
import { GraphBuilder } from '@onebit/core'
import { wasm } from '../src/index.ts'
const builder = new GraphBuilder()
builder.output('y', builder.node('activation', { inputs: [builder.input('x', [40000])], attributes: { function: 'relu' } }))
const network = await wasm({ threads: 2 }).compile(builder.build())
const { y } = await network.run({ x: new Float32Array(40000).fill(2) })
if (y.every((value) => value === 2)) console.log(network.threads + ' threads ran')
if (process.argv[2]) network.dispose()
`

describe('wasm({ threads })', () => {
  it('gives the accumulators of one thread on 2 and 3', async () => {
    const graph = chain(3, 28, 64)
    const inputs = inputsOf(graph, new Random(SEED, SOME_SPECIAL), 2)
    const { sums } = await (await wasm().compile(graph)).run(inputs)
    for (const threads of [2, 3]) {
      for (const relaxedSimd of [false, true]) {
        const network = await wasm({ threads, relaxedSimd }).compile(graph)
        expect(network).toMatchObject({ threads })
        expect(network.reason).toBeUndefined()
        for (let time = 0; time < 20; time++) {
          expect(firstDifference((await network.run(inputs)).sums, sums)).toBeUndefined()
        }
        network.dispose()
      }
    }
  })

  it('runs random networks like the reference, bit for bit', async () => {
    for (let number = 0; number < 12; number++) {
      const random = new Random(SEED + number, SOME_SPECIAL)
      const graph = residualNetwork(random, 10, 40)
      const inputs = inputsOf(graph, random, random.integer(1, 2))
      const network = await backend.compile(graph)
      const actual = await network.run(inputs, { validate: false })
      const expected = await (await reference.compile(graph)).run(inputs, { validate: false })
      for (const { name } of graph.outputs) {
        expect(firstDifference(actual[name], expected[name]), `${name} of ONEBIT_SEED=${SEED}`).toBeUndefined()
      }
      network.dispose()
    }
  })

  it('keeps calls that overlap and calls inside calls apart', async () => {
    const graph = chain(1, 12, 64)
    const network = await backend.compile(graph)
    const plain = await (await wasm()).compile(graph)
    const random = new Random(SEED, SOME_SPECIAL)
    const one = async (depth: number): Promise<void> => {
      const inputs = inputsOf(graph, random, random.integer(1, 3))
      const [{ sums }, { sums: expected }] = await Promise.all([network.run(inputs), plain.run(inputs)])
      expect(firstDifference(sums, expected)).toBeUndefined()
      if (depth > 0) await Promise.all([one(depth - 1), one(depth - 1)])
    }
    await Promise.all([one(3), one(3), one(2)])
    network.dispose()
  })

  it('reads its input when it is called', async () => {
    const graph = chain(1, 12, 64)
    const network = await backend.compile(graph)
    const inputs = inputsOf(graph, new Random(SEED, SOME_SPECIAL), 2)
    const { sums: expected } = await network.run(inputs)
    const results = [network.run(inputs), network.run(inputs)]
    inputs.x.fill(1)
    for (const { sums } of await Promise.all(results)) expect(firstDifference(sums, expected)).toBeUndefined()
    const one = inputsOf(graph, new Random(SEED + 1, SOME_SPECIAL))
    const { sums: expectedOne } = await network.run({ x: one.x.slice() })
    const result = network.run(one)
    one.x.fill(-1)
    expect(firstDifference((await result).sums, expectedOne)).toBeUndefined()
    network.dispose()
  })

  it('fails with a type of error when a worker is killed amid a run, and runs again', async () => {
    const graph = chain(12, 28, 128)
    const inputs = inputsOf(graph, new Random(SEED, SOME_SPECIAL))
    const { sums } = await (await wasm().compile(graph)).run(inputs)
    workers.length = 0
    const network = await wasm({ threads: 3 }).compile(graph)
    expect(workers).toHaveLength(2)
    for (const victim of [0, 1]) {
      // The calling thread begins at once, while the worker is ending.
      void workers.at(victim - 2)!.terminate()
      const running = network.run(inputs)
      const waiting = network.run(inputs)
      await expect(running).rejects.toSatisfy((error) => WorkerLostError.isInstance(error))
      expect(firstDifference((await waiting).sums, sums)).toBeUndefined()
      expect(firstDifference((await network.run(inputs)).sums, sums)).toBeUndefined()
    }
    void workers.at(-1)!.terminate()
    await new Promise((settle) => setTimeout(settle, 50))
    expect(firstDifference((await network.run(inputs)).sums, sums)).toBeUndefined()
    network.dispose()
  })

  it('ends every worker on dispose, a run under way included', async () => {
    const graph = chain(12, 28, 128)
    const inputs = inputsOf(graph, new Random(SEED, SOME_SPECIAL))
    workers.length = 0
    const network = await wasm({ threads: 3 }).compile(graph)
    const running = network.run(inputs)
    network.dispose()
    await expect(running).rejects.toSatisfy((error) => DisposedError.isInstance(error))
    await expect(network.run(inputs)).rejects.toSatisfy((error) => DisposedError.isInstance(error))
    expect(workers).toHaveLength(2)
    await vi.waitFor(() => expect(workers.map(({ threadId }) => threadId)).toEqual([-1, -1]))
  })

  it('lets the process end by itself, disposed or not', async () => {
    // The bundle is as deep as dist, so the URLs of the worker and the kernels are right.
    const outfile = fileURLToPath(new URL('../wasm/threads-process.mjs', import.meta.url))
    const bundle = { bundle: true, platform: 'node', format: 'esm', logLevel: 'error' } as const
    await build({
      ...bundle,
      conditions: ['@onebit/source'],
      outfile,
      stdin: { contents: PROCESS, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    })
    for (const dispose of ['', 'dispose']) {
      const { stdout } = await promisify(execFile)(process.execPath, [outfile, dispose], { timeout: 30_000 })
      expect(stdout).toBe('2 threads ran\n')
    }
    await rm(outfile)
  })

  it('says why there is one thread', async () => {
    const graph = chain(1, 4, 16)
    vi.stubGlobal('crossOriginIsolated', false)
    const isolated = wasm({ threads: 'auto' })
    expect(await isolated.compile(graph)).toMatchObject({ threads: 1, reason: expect.stringContaining('cross-origin isolated') })
    const explained = await explainGraph(graph, isolated)
    expect(explained[0].reason).toContain('One thread: The page is not cross-origin isolated')
    vi.unstubAllGlobals()
    const module = new URL('../wasm/kernels.wasm', import.meta.url)
    expect(await wasm({ module, threads: 2 }).compile(graph)).toMatchObject({
      threads: 1,
      reason: expect.stringContaining('shared.wasm'),
    })
    expect((await wasm({ threads: 1 }).compile(graph)).reason).toBeUndefined()
    expect((await explainGraph(graph, backend)).every(({ reason }) => reason === undefined)).toBe(true)
  })

  it.each([0, 1.5, Number.NaN, 'all'])('refuses %s threads', (threads) => {
    expect(() => wasm({ threads: threads as number })).toThrow(OptionError)
  })
})
