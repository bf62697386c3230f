/** What the benchmarks share: both engines in one process, interleaved, outputs checked first, medians of ratios. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Graph, RunOutput } from '@onebit/core'
import * as tfBackend from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { chooseTile } from '../src/loading/choose-tile.ts'
import { instantiate } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'
import { compileGraph } from '../src/program/compile-graph.ts'
import { emptyOutputs, namedOutputs, readSample, writeSample } from '../src/program/transfer.ts'
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
  /** Writes an input. A run may use its memory for other things. */
  write(name: string, values: Float32Array): void
  read(name: string): RunOutput
  /** Runs the kernels on what memory holds, from a step of the program on; no copies in or out. */
  run(first?: number): void
  /** Microseconds of one run by kernel, the fastest of some runs each. */
  profile(runs: number): Record<string, number>
}

/** A graph bound to an instance of its own, to time kernels without the copies of `run`. */
export async function bind(graph: Graph): Promise<BoundGraph> {
  const file = new URL(`../wasm/kernels${relaxed ? '-relaxed' : ''}.wasm`, import.meta.url)
  const module = await WebAssembly.compile(await readFile(file))
  const program = compileGraph(graph, await chooseTile(module))
  const instance = await instantiate(module, program.memory.bytes)
  const calls = bindProgram(program, instance)
  const { memory } = instance
  return {
    write: (name, values) =>
      writeSample({ ...program, inputs: program.inputs.filter((input) => input.name === name) }, memory, { [name]: values }, 0),
    read: (name) => {
      const results = emptyOutputs(program, 1)
      readSample(program, memory, results, 0)
      return namedOutputs(program, results)[name]
    },
    run: (first = 0) => {
      for (let step = first; step < calls.length; step++) calls[step]()
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

/** What is timed; a promise is awaited. */
type Task = () => unknown

async function time(task: Task, repeats: number): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) await task()
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
export async function compare(ours: Task, theirs: Task, rounds = 31): Promise<Comparison> {
  await time(ours, 20)
  await time(theirs, 5)
  const repeats = Math.max(1, Math.round(6 / (await time(ours, 5))))
  const theirRepeats = Math.max(1, Math.round(6 / (await time(theirs, 2))))
  const measured: { ours: number; theirs: number }[] = []
  for (let round = 0; round < rounds; round++) {
    measured.push({ ours: await time(ours, repeats), theirs: await time(theirs, theirRepeats) })
  }
  return {
    ours: median(measured.map((m) => m.ours)),
    theirs: median(measured.map((m) => m.theirs)),
    ratio: median(measured.map((m) => m.theirs / m.ours)),
  }
}

/** Whether all values are the same bits. */
export function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, index) => Object.is(value, b[index]))
}

export function maximumDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]))
  return largest
}

export const engine = { node: process.version, v8: process.versions.v8, flags: process.execArgv, relaxedSimd: relaxed }
