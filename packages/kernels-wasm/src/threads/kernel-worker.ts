/**
 * One thread of a network, in a Web Worker or a Node worker; scripts/build-wasm.mjs bundles it to wasm/kernel-worker.mjs. It is sent a
 * `WorkerPreparation`, then null for every run, and answers each.
 */
import { linkKernels } from '../loading/link-kernels.ts'
import { awaitInputs, bindPlan, runPhase } from './phases.ts'
import type { ThreadPlan } from './thread-plan.ts'

/** What a worker is sent first. */
export interface WorkerPreparation {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly control: Int32Array
  readonly plan: ThreadPlan
  /** Which of the network's threads this is. */
  readonly thread: number
}

interface Port {
  onmessage: (event: { data: WorkerPreparation | null }) => void
  postMessage(message: unknown): void
}

const port = (globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? globalThis) as unknown as Port

/** Runs all phases once. */
type Run = () => void

async function prepare({ module, memory, control, plan, thread }: WorkerPreparation): Promise<Run> {
  const phases = bindPlan(plan, await linkKernels(module, memory))
  return () => {
    awaitInputs(control)
    phases.forEach((phase, index) => void runPhase(phase, control, index, thread))
  }
}

let run: Run

port.onmessage = async ({ data }) => {
  if (data) run = await prepare(data)
  else run()
  port.postMessage('done')
}
