/** A compiled graph whose runs are shared out among workers. Runs that overlap wait for each other. */
import { checkInputs, DisposedError, type RunOptions, type RunOutput } from '@onebit/core'
import type { Instance } from '../loading/kernels.ts'
import type { Program } from '../program/compile-graph.ts'
import { emptyOutputs, type Inputs, namedOutputs, readSample, writeConstants, writeSample } from '../program/transfer.ts'
import type { KernelExecutable } from '../wasm-executable.ts'
import { bindPlan, newControl } from './phases.ts'
import { planThread } from './thread-plan.ts'
import { mayBlock, WorkerPool } from './worker-pool.ts'

export class ThreadedExecutable implements KernelExecutable {
  readonly threads: number
  readonly #program: Program
  readonly #pool: WorkerPool
  #memory: WebAssembly.Memory | undefined
  /** Settles once the runs before are over. */
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  private constructor(program: Program, memory: WebAssembly.Memory, pool: WorkerPool, threads: number) {
    this.#program = program
    this.#memory = memory
    this.#pool = pool
    this.threads = threads
  }

  /**
   * @param instance An instance on shared memory.
   * @throws WorkerLostError if the workers cannot start.
   */
  static async start(
    program: Program,
    module: WebAssembly.Module,
    { memory, kernels }: Instance,
    threads: number,
  ): Promise<ThreadedExecutable> {
    writeConstants(program, memory)
    const plans = Array.from({ length: threads }, (_, thread) => planThread(program, thread))
    const control = newControl(plans[0].length, threads)
    const ownPhases = mayBlock() ? bindPlan(plans[0], kernels) : undefined
    const workers = plans.map((plan, thread) => ({ module, memory, control, plan, thread })).slice(ownPhases ? 1 : 0)
    const pool = new WorkerPool(workers, control, ownPhases)
    await pool.start()
    return new ThreadedExecutable(program, memory, pool, threads)
  }

  /** @throws WorkerLostError if a worker ends meanwhile; the next run starts new ones. */
  async run(inputs: Inputs, options?: RunOptions): Promise<Record<string, RunOutput>> {
    const memory = this.#memory
    if (!memory) throw new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
    const batch = checkInputs(this.#program.declaredInputs, inputs, options)
    // What is read later must be as it was at the call.
    const copied = this.#waiting > 0 || batch > 1 || !this.#pool.running
    const values = copied ? Object.fromEntries(this.#program.inputs.map(({ name }) => [name, inputs[name].slice()])) : inputs
    const result =
      this.#waiting++ > 0 ? this.#last.then(() => this.#runNow(memory, values, batch)) : this.#runNow(memory, values, batch)
    this.#last = result.catch(() => {})
    try {
      return await result
    } finally {
      this.#waiting--
    }
  }

  async #runNow(memory: WebAssembly.Memory, values: Inputs, batch: number): Promise<Record<string, RunOutput>> {
    const results = emptyOutputs(this.#program, batch)
    for (let sample = 0; sample < batch; sample++) {
      await this.#pool.run(() => writeSample(this.#program, memory, values, sample))
      readSample(this.#program, memory, results, sample)
    }
    return namedOutputs(this.#program, results)
  }

  dispose(): void {
    this.#memory = undefined
    this.#pool.dispose()
  }
}
