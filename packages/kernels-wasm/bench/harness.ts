/** What the benchmarks share: both engines in one process, interleaved, outputs checked first, medians of ratios. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Graph } from '@onebit/core'
import * as tfBackend from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { chooseTile } from '../src/loading/choose-tile.ts'
import { instantiate } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'
import { compileGraph } from '../src/program/compile-graph.ts'
import { bindProgram } from '../src/wasm-executable.ts'

export { tf }

/** Seed of every benchmark's data. */
let state = 12345

/** Uniform in [-1, 1). */
export function uniform(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2147483648 - 1
}

export function randomFloats(count: number): Float32Array {
  return Float32Array.from({ length: count }, uniform)
}

export const relaxed = !process.argv.includes('--strict') && hasRelaxedSimd()

export async function useTensorFlowWasm(): Promise<void> {
  const require = createRequire(import.meta.url)
  tfBackend.setWasmPaths(`${dirname(require.resolve('@tensorflow/tfjs-backend-wasm'))}/`)
  await tf.setBackend('wasm')
  await tf.ready()
}

export interface BoundGraph {
  /** Writes an input. */
  write(name: string, values: Float32Array): void
  read(name: string): Float32Array
  /** Runs the kernels on what memory holds; no copies in or out. */
  run(): void
  /** Microseconds of one run by kernel, the fastest of some runs each. */
  profile(runs: number): Record<string, number>
}

/** A graph bound to an instance of its own, to time kernels without the copies of `run`. */
export async function bind(graph: Graph): Promise<BoundGraph> {
  const file = new URL(`../../wasm/kernels${relaxed ? '-relaxed' : ''}.wasm`, import.meta.url)
  const module = await WebAssembly.compile(await readFile(file))
  const program = compileGraph(graph, await chooseTile(module))
  const instance = await instantiate(module, program.memory.bytes)
  const calls = bindProgram(program, instance)
  const view = (list: typeof program.inputs, name: string): Float32Array => {
    const { buffer, shape } = list.find((entry) => entry.name === name)!.value
    return new Float32Array(
      instance.memory.buffer,
      buffer.address,
      shape.reduce((a, b) => a * b, 1),
    )
  }
  return {
    write: (name, values) => view(program.inputs, name).set(values),
    read: (name) => view(program.outputs, name).slice(),
    run: () => {
      for (const call of calls) call()
    },
    profile: (runs) => {
      const fastest = calls.map(() => Number.POSITIVE_INFINITY)
      for (let run = 0; run < runs; run++) {
        calls.forEach((call, index) => {
          const start = performance.now()
          call()
          fastest[index] = Math.min(fastest[index], performance.now() - start)
        })
      }
      const total: Record<string, number> = {}
      program.steps.forEach(({ kernel }, index) => {
        total[kernel] = (total[kernel] ?? 0) + 1000 * fastest[index]
      })
      return total
    },
  }
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]
}

function time(task: () => void, repeats: number): number {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) task()
  return (performance.now() - start) / repeats
}

export interface Comparison {
  /** Milliseconds, median. */
  readonly ours: number
  readonly theirs: number
  /** Median of the ratios of neighboring measurements, theirs / ours. */
  readonly ratio: number
}

/** Alternates the two tasks; each measurement repeats a task for some milliseconds. */
export function compare(ours: () => void, theirs: () => void, rounds = 31): Comparison {
  for (let i = 0; i < 20; i++) ours()
  for (let i = 0; i < 5; i++) theirs()
  const repeats = Math.max(1, Math.round(6 / time(ours, 5)))
  const theirRepeats = Math.max(1, Math.round(6 / time(theirs, 2)))
  const measured = Array.from({ length: rounds }, () => ({ ours: time(ours, repeats), theirs: time(theirs, theirRepeats) }))
  return {
    ours: median(measured.map((m) => m.ours)),
    theirs: median(measured.map((m) => m.theirs)),
    ratio: median(measured.map((m) => m.theirs / m.ours)),
  }
}

export function maximumDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]))
  return largest
}

export const engine = { node: process.version, v8: process.versions.v8, flags: process.execArgv, relaxedSimd: relaxed }
