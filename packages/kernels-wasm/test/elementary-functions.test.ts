/** The functions of one value and softmax give the reference's bits over all of float32 in every build. */

import { readFile } from 'node:fs/promises'
import { ACTIVATION_FUNCTIONS, type ActivationFunction, type Graph, reference } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { type Instance, instantiate } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'
import { SingleThreadExecutable } from '../src/run/single-thread-executable.ts'
import { firstDifference, singleNode } from './compare.ts'

const COUNT = 1 << 18
/** Values at which results overflow, vanish or leave a clamp. */
const EDGES = [
  ...[0, 1e-45, 2 ** -126, 2 ** -25, 2 ** -24, 2.5, 3, 43.494972229, 43.5, 44.361419677, 44.5, 86.98985, 86.99, 87],
  ...[88.722839, 88.72284, 89, 104, 3.4e38, Number.POSITIVE_INFINITY, Number.NaN],
]

/** Random bits, numbers of common size, and the edges with their neighbors. */
function everywhere(random: Random): Float32Array {
  const values = new Float32Array(COUNT)
  const bits = new Uint32Array(values.buffer)
  for (let i = 0; i < COUNT; i++) {
    if (i % 2 === 0) bits[i] = random.next() * 2 ** 32
    else values[i] = (random.next() * 2 - 1) * 100
  }
  let place = 0
  for (const edge of EDGES.flatMap((value) => [value, -value])) {
    for (const distance of [-1, 0, 1]) {
      values[place] = edge
      bits[place++] += distance
    }
  }
  return values
}

interface Build {
  readonly name: string
  readonly file: string
  readonly shared: boolean
}

const builds: Build[] = (hasRelaxedSimd() ? ['kernels', 'kernels-relaxed'] : ['kernels']).flatMap((name) => [
  { name, file: `${name}.wasm`, shared: false },
  { name: `${name}-shared`, file: `${name}-shared.wasm`, shared: true },
])

describe.each(builds)('$name', ({ file, shared }) => {
  let module: WebAssembly.Module

  beforeAll(async () => {
    module = await WebAssembly.compile(await readFile(new URL(`../wasm/${file}`, import.meta.url)))
  })

  async function expectSame(graph: Graph, values: Float32Array): Promise<void> {
    const program = compileNetwork(graph, { tiles: [], threads: 1 })
    const instance: Instance = await instantiate(module, program.memory.bytes, shared)
    const inputs = { input0: values }
    const options = { validate: false }
    const { output } = await new SingleThreadExecutable(program, instance).run(inputs, options)
    const { output: expected } = await (await reference.compile(graph)).run(inputs, options)
    expect(firstDifference(output, expected), `ONEBIT_SEED=${SEED}`).toBeUndefined()
  }

  it.each(ACTIVATION_FUNCTIONS)('%s', async (name: ActivationFunction) => {
    const graph = singleNode({ op: 'activation', inputs: [[COUNT]], attributes: { function: name } })
    await expectSame(graph, everywhere(new Random(SEED, SOME_SPECIAL)))
  })

  it('softmax of rows of any length', async () => {
    const random = new Random(SEED, SOME_SPECIAL)
    for (const features of [1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 21, 35, 64, 67, 1000]) {
      const rows = random.integer(1, 40)
      const spread = random.pick([1, 6, 60, 200])
      const values = Float32Array.from({ length: rows * features }, () => (random.next() * 2 - 1) * spread)
      // Some rows contain NaN or values that lead to it.
      for (const value of EDGES) if (random.chance(0.1)) values[random.integer(0, values.length - 1)] = -value
      await expectSame(singleNode({ op: 'softmax', inputs: [[rows, features]] }), values)
    }
  })

  it('softmax stores nothing behind its last row', async () => {
    const { memory, kernels } = await instantiate(module, 65536, shared)
    for (const [rows, features] of [
      [3, 5],
      [1, 1],
      [2, 7],
      [5, 21],
      [1, 2],
    ]) {
      const output = new Float32Array(memory.buffer, 16384, rows * features + 4).fill(7)
      kernels.softmax(8192, 16384, rows, features)
      expect([...output.slice(rows * features)]).toEqual([7, 7, 7, 7])
    }
  })
})
