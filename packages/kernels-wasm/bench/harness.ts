/** Shared by the benchmarks: both engines run in one process, interleaved, with checked outputs. Results are medians of ratios. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Graph, RunOutput } from '@onebit/core'
import * as tfBackend from '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { chooseKernel } from '../src/loading/choose-tile.ts'
import { instantiate, isRelaxed } from '../src/loading/kernels.ts'
import { hasRelaxedSimd } from '../src/loading/support.ts'
import type { StemArithmetic } from '../src/lower/lowering.ts'
import { bindProgram } from '../src/run/single-thread-executable.ts'
import { emptyOutputs, namedOutputs, readSamples, writeConstants, writeSamples } from '../src/run/transfer.ts'

export { tf }

/** Seed of every benchmark's data. */
let state = 12345

/** Uniform in [-1, 1). */
export function uniform(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2147483648 - 1
}

export function randomFloats(count: number): Float32Array {
  const values = new Float32Array(count)
  for (let i = 0; i < count; i++) values[i] = uniform()
  return values
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
  /** Runs the kernels on the current memory, from a step of the program on, without copies in or out. */
  run(first?: number): void
  /** Microseconds of one run by kernel. Each is the fastest of some runs. */
  profile(runs: number): Record<string, number>
}

/**
 * A graph for one sample bound to its own instance, to time kernels without the copies of `run`.
 * @param arithmetic The arithmetic of the stem.
 */
export async function bind(graph: Graph, arithmetic: StemArithmetic = 'float32'): Promise<BoundGraph> {
  const file = new URL(`../wasm/kernels${relaxed ? '-relaxed' : ''}.wasm`, import.meta.url)
  const module = await WebAssembly.compile(await readFile(file))
  const stem = { arithmetic, hasDots8: isRelaxed(module) }
  const compiled = compileNetwork(graph, { tiles: (await chooseKernel(module)).tiles, stem })
  const program = compiled.programs.at(-1)!
  const instance = await instantiate(module, compiled.memory.bytes)
  const { memory } = instance
  writeConstants(compiled, memory)
  const calls = bindProgram(program, instance)
  return {
    write: (name, values) =>
      writeSamples({ ...program, inputs: program.inputs.filter((input) => input.name === name) }, memory, { [name]: values }, 0),
    read: (name) => {
      const results = emptyOutputs(program, 1)
      readSamples(program, memory, results, 0)
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

/** The number itself. @throws Error if it is none, so that no benchmark ends well with such a figure. */
export function finite(value: number, what: string): number {
  if (Number.isFinite(value)) return value
  throw new Error(`Not finite: ${what} is ${value}.`)
}

/** @throws Error naming the figure if it is not finite. */
export function median(values: number[], what = 'a median'): number {
  return finite(values.sort((a, b) => a - b)[values.length >> 1], what)
}

/** A timed function. If it returns a promise, that is awaited. */
type Task = () => unknown

/** Milliseconds of one of `repeats` runs. */
async function time(task: Task, repeats: number): Promise<number> {
  const start = performance.now()
  for (let i = 0; i < repeats; i++) await task()
  return (performance.now() - start) / repeats
}

/** Runs a task for some milliseconds, because engines compile frequent code. Returns the number of runs in a measurement of 6 ms. */
async function warmUp(task: Task): Promise<number> {
  const began = performance.now()
  let runs = 0
  do {
    await task()
    runs++
  } while (runs < 3 || (runs < 20 && performance.now() - began < 100))
  return Math.max(1, Math.round(6 / (await time(task, 2))))
}

export interface Comparison {
  /** Milliseconds of a run, median. */
  milliseconds(task: string): number
  /** Time of `task` divided by that of `than`: the median ratio of measurements that are neighbors in time. */
  ratio(task: string, than: string): number
}

/** Runs every task in turn, round by round, so that a slower machine slows all of them. */
export async function compareAll(tasks: Readonly<Record<string, Task>>, rounds = 31): Promise<Comparison> {
  const repeats: Record<string, number> = {}
  const measured: Record<string, number[]> = {}
  for (const [name, task] of Object.entries(tasks)) {
    repeats[name] = await warmUp(task)
    measured[name] = []
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, task] of Object.entries(tasks)) measured[name].push(await time(task, repeats[name]))
  }
  return {
    milliseconds: (task) => median([...measured[task]], `milliseconds of ${task}`),
    ratio: (task, than) =>
      median(
        measured[task].map((value, round) => value / measured[than][round]),
        `${task} / ${than}`,
      ),
  }
}

export interface Pair {
  /** Milliseconds, median. */
  readonly ours: number
  readonly theirs: number
  /** Median of the ratios of neighboring measurements, theirs / ours. */
  readonly ratio: number
}

export async function compare(ours: Task, theirs: Task, rounds?: number): Promise<Pair> {
  const compared = await compareAll({ ours, theirs }, rounds)
  return {
    ours: compared.milliseconds('ours'),
    theirs: compared.milliseconds('theirs'),
    ratio: compared.ratio('theirs', 'ours'),
  }
}

/** True if all values have the same bits. */
export function same(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  return a.length === b.length && Array.from(a).every((value, index) => Object.is(value, b[index]))
}

export function maximumDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]))
  return largest
}

export const engine = { node: process.version, v8: process.versions.v8, flags: process.execArgv, relaxedSimd: relaxed }

/** Root mean square of the differences, relative to that of the expected values. */
export function relativeError(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  let differences = 0
  let squares = 0
  for (let i = 0; i < expected.length; i++) {
    differences += (values[i] - expected[i]) ** 2
    squares += expected[i] ** 2
  }
  return values.length === expected.length ? Math.sqrt(differences / squares) : Number.POSITIVE_INFINITY
}

/** An image `[height, width, channels]` as `[channels, height, width]`, or the other way round if `back`. */
export function channelsFirst(image: ArrayLike<number>, channels: number, back = false): Float32Array {
  const pixels = image.length / channels
  const result = new Float32Array(image.length)
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const [last, first] = [pixel * channels + channel, channel * pixels + pixel]
      if (back) result[last] = image[first]
      else result[first] = image[last]
    }
  }
  return result
}
