/**
 * Property: a batch gives the same bits as its samples one by one. Random networks of dense layers and ops that go row by row run on
 * several samples at once, on every build with every tile and on the popcount kernel, for one thread or for two.
 */

import { readFile } from 'node:fs/promises'
import { elementCount, type Graph, GraphBuilder, reference } from '@onebit/core'
import { Random, rowNetwork, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { wasm } from '../src/index.ts'
import type { Tiles } from '../src/loading/choose-tile.ts'
import { type Instance, instantiate } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'
import { SingleThreadExecutable } from '../src/run/single-thread-executable.ts'
import { groupSteps } from '../src/threads/thread-plan.ts'
import { firstDifference } from './compare.ts'
import { runShuffled } from './shuffled-run.ts'

const NETWORKS = 300
const MEMORY_BYTES = 4 * 1024 * 1024
const TILES: readonly Tiles[] = [['4', '2', '1'], ['4Ordered', '2', '1'], ['2', '1'], []]

function inputsOf(graph: Graph, random: Random, batch: number): Record<string, Float32Array> {
  return Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, random.floats(batch * elementCount(shape))]))
}

let instances: Map<string, Instance>

beforeAll(async () => {
  const builds = hasRelaxedSimd() ? ['kernels', 'kernels-relaxed'] : ['kernels']
  const modules = builds.map(async (build) => {
    const module = await WebAssembly.compile(await readFile(new URL(`../wasm/${build}.wasm`, import.meta.url)))
    return [build, await instantiate(module, MEMORY_BYTES)] as const
  })
  instances = new Map(await Promise.all(modules))
})

describe('a batch', () => {
  it(`gives the reference's bits in ${NETWORKS} random networks of dense layers`, async () => {
    let stacked = 0
    for (let number = 0; number < NETWORKS; number++) {
      const random = new Random(SEED + number)
      const graph = rowNetwork(SEED + number)
      const threads = random.integer(1, 2)
      const most = compileNetwork(graph, { threads }).programs[0].samples
      if (most > 1) stacked++
      const batch = random.integer(1, 3 * most + 1)
      const inputs = inputsOf(graph, random, batch)
      const expected = await (await reference.compile(graph)).run(inputs, { validate: false })
      for (const tiles of TILES) {
        const compiled = compileNetwork(graph, { tiles, threads })
        expect(compiled.memory.bytes).toBeLessThanOrEqual(MEMORY_BYTES)
        for (const [build, instance] of instances) {
          const actual =
            threads > 1
              ? runShuffled(compiled, instance, inputs, batch, threads, random)
              : await new SingleThreadExecutable(compiled, instance).run(inputs, { validate: false })
          for (const { name } of graph.outputs) {
            const difference = firstDifference(actual[name], expected[name])
            const place = `${name}, network ${number} of ONEBIT_SEED=${SEED}, ${build}, tiles ${tiles}, ${threads} threads, batch ${batch}`
            expect(difference, place).toBeUndefined()
          }
        }
      }
    }
    expect(stacked).toBeGreaterThan(NETWORKS / 3)
  })
})

/** Wide enough for threads to share the work of a batch. */
function wide(random: Random, features: number): Graph {
  const builder = new GraphBuilder()
  const tensors = { weights: random.floatTensor(features, features), bias: random.floatTensor(features) }
  const real = builder.node('dense', { inputs: [builder.input('x', [features])], tensors })
  const weights = random.bitTensor(2 * features, features)
  const sums = builder.node('binaryDense', { inputs: [sign(builder, real)], tensors: { weights } })
  const perOutput = { scale: random.floatTensor(2 * features), shift: random.floatTensor(2 * features) }
  const scaled = builder.node('affine', { inputs: [sums], tensors: perOutput })
  builder.output('y', builder.node('softmax', { inputs: [scaled] }))
  return builder.build()
}

describe('a batch on threads', () => {
  it('is shared out, in any order of tasks', async () => {
    const random = new Random(SEED, SOME_SPECIAL)
    const graph = wide(random, 600)
    for (const threads of [2, 3]) {
      const compiled = compileNetwork(graph, { threads })
      const shared = compiled.programs.map(({ steps }) => groupSteps(steps).some((tasks) => tasks.length > 1))
      expect(shared[0]).toBe(true)
      const inputs = inputsOf(graph, random, 3 * compiled.programs[0].samples - 1)
      const batch = inputs.x.length / 600
      const [[, instance]] = instances
      const expected = await new SingleThreadExecutable(compileNetwork(graph), instance).run(inputs)
      const actual = runShuffled(compiled, instance, inputs, batch, threads, random)
      expect(firstDifference(actual.y, expected.y), `ONEBIT_SEED=${SEED}`).toBeUndefined()
    }
  })

  it.each([2, 3])('gives the bits of one thread on %i', async (threads) => {
    const random = new Random(SEED, SOME_SPECIAL)
    const graph = wide(random, 500)
    const [plain, network] = await Promise.all([wasm().compile(graph), wasm({ threads }).compile(graph)])
    const most = 16 * threads
    for (const batch of [1, 3, most, most + 1, 3 * most + 1]) {
      const inputs = inputsOf(graph, random, batch)
      const [{ y: expected }, ...results] = await Promise.all([plain.run(inputs), network.run(inputs), network.run(inputs)])
      for (const { y } of results) expect(firstDifference(y, expected), `ONEBIT_SEED=${SEED}`).toBeUndefined()
    }
    network.dispose()
  })
})
