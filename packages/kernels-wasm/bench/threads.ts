/**
 * Upper bound of the speed on several threads: `node packages/kernels-wasm/bench/run.mjs threads`. It times every task of the whole
 * network on one thread (fastest of some runs) and divides the tasks as workers would. It prints the speed-up for waits that cost
 * nothing, so a busy machine can measure it too.
 */
import { readFile } from 'node:fs/promises'
import { compileNetwork } from '../src/compile/compile-network.ts'
import { chooseKernel } from '../src/loading/choose-tile.ts'
import { instantiate } from '../src/loading/kernels.ts'
import type { CompiledNetwork } from '../src/program/program.ts'
import { writeConstants } from '../src/run/transfer.ts'
import { planThread } from '../src/threads/thread-plan.ts'
import { engine, finite, relaxed } from './harness.ts'
import { graph } from './network-graph.ts'

const RUNS = 30

const module = await WebAssembly.compile(
  await readFile(new URL(`../wasm/kernels${relaxed ? '-relaxed' : ''}.wasm`, import.meta.url)),
)
const { tiles: widths } = await chooseKernel(module)

/** Milliseconds by phase and task. */
async function timeTasks(compiled: CompiledNetwork): Promise<number[][]> {
  const { memory, kernels } = await instantiate(module, compiled.memory.bytes)
  writeConstants(compiled, memory)
  const plan = planThread(compiled.programs.at(-1)!, compiled.threads, 0)
  const fastest = plan.map(({ tasks }) => tasks.map(() => Number.POSITIVE_INFINITY))
  for (let run = 0; run < RUNS; run++) {
    plan.forEach(({ tasks }, phase) => {
      tasks.forEach((steps, task) => {
        const start = performance.now()
        for (const [kernel, ...numbers] of steps) kernels[kernel as keyof typeof kernels](...numbers)
        fastest[phase][task] = Math.min(fastest[phase][task], performance.now() - start)
      })
    })
  }
  return fastest
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

/** Time at which the last thread is done, if each takes the next task as soon as it is free. */
function span(tasks: readonly number[], threads: number): number {
  const busy = new Array<number>(threads).fill(0)
  for (const task of tasks) {
    const next = busy.indexOf(Math.min(...busy))
    busy[next] += task
  }
  return Math.max(...busy)
}

for (const threads of [2, 4]) {
  const phases = await timeTasks(compileNetwork(graph, { tiles: widths, threads }))
  const work = sum(phases.map(sum))
  const total = sum(phases.map((tasks) => span(tasks, threads)))
  const alone = sum(phases.filter((tasks) => tasks.length === 1).map(sum))
  console.log(
    JSON.stringify({ threads, phases: phases.length, work, total, alone, speedup: finite(work / total, 'speedup'), ...engine }),
  )
}
