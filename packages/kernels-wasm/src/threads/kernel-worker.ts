/**
 * One thread of a network, in a Web Worker or a Node worker. scripts/build-wasm.mjs bundles it to wasm/kernel-worker.mjs. It gets a
 * `WorkerPreparation`, then the index of a program for every run. It answers each message.
 */
import { linkKernels } from '../loading/link-kernels.ts'
import { awaitInputs, bindPlan, runPhase } from './phases.ts'
import type { ThreadPlan } from './thread-plan.ts'

/** The first message to a worker. */
export interface WorkerPreparation {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly control: Int32Array
  /** One plan per program. */
  readonly plans: readonly ThreadPlan[]
  /** The index of this thread in the network. */
  readonly thread: number
}

/** The preparation, then indices of programs. */
type Message = WorkerPreparation | number

interface Port {
  onmessage: (event: { data: Message }) => void
  postMessage(message: unknown): void
}

const port = (globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? globalThis) as unknown as Port

/** Runs all phases of a program once. */
type Run = (program: number) => void

async function prepare({ module, memory, control, plans, thread }: WorkerPreparation): Promise<Run> {
  const kernels = await linkKernels(module, memory)
  const programs = plans.map((plan) => bindPlan(plan, kernels))
  return (program) => {
    awaitInputs(control)
    programs[program].forEach((phase, index) => void runPhase(phase, control, index, thread))
  }
}

let run: Run

port.onmessage = async ({ data }) => {
  if (typeof data === 'number') run(data)
  else run = await prepare(data)
  port.postMessage('done')
}
