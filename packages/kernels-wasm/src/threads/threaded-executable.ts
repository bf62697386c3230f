/** A compiled graph that shares its runs among workers. Runs that overlap wait for each other. */
import { checkInputs, DisposedError, type RunInputs, type RunOptions, type RunOutput } from '@onebit/core'
import type { Instance } from '../loading/kernels.ts'
import type { CompiledNetwork } from '../program/program.ts'
import type { KernelExecutable } from '../run/kernel-executable.ts'
import { type BatchPart, splitBatch } from '../run/split-batch.ts'
import { emptyOutputs, namedOutputs, readSamples, writeConstants, writeSamples } from '../run/transfer.ts'
import { bindPlan, newControl } from './phases.ts'
import { planThread, type ThreadPlan } from './thread-plan.ts'
import { mayBlock, WorkerPool } from './worker-pool.ts'

export class ThreadedExecutable implements KernelExecutable {
  readonly threads: number
  readonly explanations: KernelExecutable['explanations']
  readonly #compiled: CompiledNetwork
  readonly #pool: WorkerPool
  #memory: WebAssembly.Memory | undefined
  /** Settles once the earlier runs are over. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  private constructor(compiled: CompiledNetwork, memory: WebAssembly.Memory, pool: WorkerPool) {
    this.#compiled = compiled
    this.#memory = memory
    this.#pool = pool
    this.threads = compiled.threads
    this.explanations = compiled.explanations
  }

  /**
   * @param instance An instance on shared memory.
   * @throws WorkerLostError if the workers cannot start.
   */
  static async start(
    compiled: CompiledNetwork,
    module: WebAssembly.Module,
    { memory, kernels }: Instance,
  ): Promise<ThreadedExecutable> {
    const { programs, threads } = compiled
    writeConstants(compiled, memory)
    const plansOf = (thread: number): ThreadPlan[] => programs.map((program) => planThread(program, threads, thread))
    const threadPlans = Array.from({ length: threads }, (_, thread) => plansOf(thread))
    const control = newControl(Math.max(...threadPlans[0].map(({ length }) => length)), threads)
    const own = mayBlock() ? threadPlans[0].map((plan) => bindPlan(plan, kernels)) : undefined
    const workers = threadPlans.map((plans, thread) => ({ module, memory, control, plans, thread })).slice(own ? 1 : 0)
    const pool = new WorkerPool(workers, control, own)
    await pool.start()
    return new ThreadedExecutable(compiled, memory, pool)
  }

  /** @throws WorkerLostError if a worker ends meanwhile; the next run starts new ones. */
  async run(inputs: RunInputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    const memory = this.#memory
    if (!memory) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const { declaredInputs, programs } = this.#compiled
    const batch = checkInputs(declaredInputs, inputs, options)
    const parts = splitBatch(programs, batch)
    // Inputs that are read later must keep their values at the call.
    const copied = this.#waiting > 0 || parts.length > 1 || !this.#pool.running
    const values = copied ? Object.fromEntries(declaredInputs.map(({ name }) => [name, inputs[name].slice()])) : inputs
    const result =
      this.#waiting++ > 0
        ? this.#last.then(() => this.#runNow(memory, values, batch, parts))
        : this.#runNow(memory, values, batch, parts)
    this.#last = result.catch(() => {})
    try {
      return await result
    } finally {
      this.#waiting--
    }
  }

  async #runNow(
    memory: WebAssembly.Memory,
    values: RunInputs,
    batch: number,
    parts: readonly BatchPart[],
  ): Promise<Record<string, RunOutput>> {
    const { programs } = this.#compiled
    const results = emptyOutputs(programs[0], batch)
    for (const { program, first } of parts) {
      await this.#pool.run(program, () => writeSamples(programs[program], memory, values, first))
      readSamples(programs[program], memory, results, first)
    }
    return namedOutputs(programs[0], results)
  }

  dispose(): void {
    this.#memory = undefined
    this.#pool.dispose()
  }
}
