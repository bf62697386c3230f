/**
 * The workers of one network. Idle workers wait for messages, so Node can end. A run takes one message to each and one back. The calling
 * thread takes part if it may block. If a worker ends, the pool ends the others too, because they would wait for it. The next run
 * starts new ones.
 */
import { DisposedError } from '@onebit/core'
import { startWorker, type WorkerHandle } from '../start-worker.ts'
import type { WorkerPreparation } from './kernel-worker.ts'
import { announceInputs, type Phase, runPhase, takeAway } from './phases.ts'
import { WorkerLostError } from './worker-lost-error.ts'

/** Longest sleep of the calling thread, which must also handle events. */
const LONGEST_SLEEP_MILLISECONDS = 5

/** True if this thread may sleep. A page's thread may not. */
export function mayBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

interface Pending {
  awaited: number
  resolve(): void
  reject(error: Error): void
}

export class WorkerPool {
  readonly #preparations: readonly WorkerPreparation[]
  readonly #ownPrograms: readonly (readonly Phase[])[]
  readonly #control: Int32Array
  #workers: WorkerHandle[] = []
  /** Settles once no ended worker writes to the shared memory any more. */
  #ending: Promise<unknown> = Promise.resolve()
  #pending: Pending | undefined
  #disposed = false

  /**
   * @param preparations The first message to each worker.
   * @param control The counters of phases.ts.
   * @param ownPrograms The part of the calling thread in each program, if it takes part. It is the first thread then.
   */
  constructor(preparations: readonly WorkerPreparation[], control: Int32Array, ownPrograms: readonly (readonly Phase[])[] = []) {
    this.#preparations = preparations
    this.#control = control
    this.#ownPrograms = ownPrograms
  }

  /**
   * Starts the workers that are not running. Until it settles, workers of a failed run may still write to the shared memory. Like `run`,
   * it must not be called before the previous call has settled.
   * @throws WorkerLostError if one cannot start.
   */
  async start(): Promise<void> {
    await this.#ending
    if (this.#disposed) throw disposed()
    if (this.#workers.length > 0) return
    const listener = { message: () => this.#arrived(), lost: (why: string) => this.#lost(why) }
    await this.#ask(() => {
      try {
        this.#workers = this.#preparations.map(() => startWorker(listener))
      } catch (error) {
        this.#lost(error instanceof Error ? error.message : String(error))
      }
      this.#workers.forEach((worker, thread) => {
        worker.post(this.#preparations[thread])
      })
    })
  }

  /** True if workers wait for a run. */
  get running(): boolean {
    return this.#workers.length > 0
  }

  /**
   * Runs a program once.
   * @param program Index of the program.
   * @param writeInputs Writes to the shared memory while the workers are waking up. Called at once if workers are running.
   * @throws WorkerLostError if a worker ends meanwhile.
   */
  async run(program: number, writeInputs: () => void): Promise<void> {
    // A pool disposed while they start has no workers again, and `start` then throws.
    while (!this.running) await this.start()
    const own = this.#ownPrograms[program]
    if (own?.every(({ tasks }) => tasks.length === 1)) {
      // There is nothing to share. Waking the others would take longer than they could save.
      writeInputs()
      for (const { tasks } of own) tasks[0]()
      return
    }
    this.#control.fill(0)
    const answers = this.#ask(() => {
      for (const worker of this.#workers) worker.post(program)
    })
    writeInputs()
    announceInputs(this.#control)
    await Promise.all([answers, this.#takePart(own ?? [])])
  }

  /** Works beside the workers. It handles events only after a long wait for them, because one may be lost. */
  async #takePart(phases: readonly Phase[]): Promise<void> {
    const run = this.#pending
    for (const [index, phase] of phases.entries()) {
      while (!runPhase(phase, this.#control, index, 0, LONGEST_SLEEP_MILLISECONDS)) {
        await new Promise((resolve) => setTimeout(resolve))
        if (this.#pending !== run) return
      }
    }
  }

  /** Ends the workers. A run under way fails. */
  dispose(): void {
    this.#disposed = true
    this.#end(disposed())
  }

  /** Sends messages and waits until every worker has answered. */
  #ask(send: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending = { awaited: this.#preparations.length, resolve, reject }
      for (const worker of this.#workers) worker.hold(true)
      send()
    })
  }

  #arrived(): void {
    if (!this.#pending || --this.#pending.awaited > 0) return
    for (const worker of this.#workers) worker.hold(false)
    const { resolve } = this.#pending
    this.#pending = undefined
    resolve()
  }

  #lost(why: string): void {
    this.#end(
      new WorkerLostError({
        what: 'A worker of this network ended before its work was done.',
        received: why,
        fix: 'Call run again: it starts new workers.',
      }),
    )
  }

  #end(error: Error): void {
    // The remaining workers finish at most their current task.
    takeAway(this.#control)
    this.#ending = Promise.all([this.#ending, ...this.#workers.map((worker) => worker.end())])
    this.#workers = []
    this.#pending?.reject(error)
    this.#pending = undefined
  }
}

function disposed(): DisposedError {
  return new DisposedError({ what: 'This network was disposed.', fix: 'Compile the graph again.' })
}
