/**
 * One thread of a network, in a Web Worker or a Node worker; scripts/build-wasm.mjs bundles it to wasm/kernel-worker.mjs. It is sent a
 * `WorkerPreparation`, then null for every run, and answers each.
 */
import { linkKernels } from '../loading/link-kernels.ts'
import { bindPlan, type Phases, runPhase } from './phases.ts'
import type { ThreadPlan } from './thread-plan.ts'

/** What a worker is sent first. */
export interface WorkerPreparation {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly control: Int32Array
  readonly plan: ThreadPlan
}

interface Port {
  onmessage: (event: { data: WorkerPreparation | null }) => void
  postMessage(message: unknown): void
}

const port = (globalThis.process?.getBuiltinModule?.('node:worker_threads').parentPort ?? globalThis) as unknown as Port

interface Prepared {
  readonly phases: Phases
  readonly control: Int32Array
}

async function prepare({ module, memory, control, plan }: WorkerPreparation): Promise<Prepared> {
  return { phases: bindPlan(plan, await linkKernels(module, memory)), control }
}

let prepared: Prepared

port.onmessage = async ({ data }) => {
  if (data) prepared = await prepare(data)
  else prepared.phases.forEach((tasks, phase) => void runPhase(tasks, prepared.control, phase))
  port.postMessage('done')
}
