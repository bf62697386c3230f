/**
 * The training threads of a run, seen from the main thread. The team starts them, gives all of them the same order at once, and
 * collects the answers. It never blocks while it waits. So it notices at once when a thread ends, and then frees the others from
 * waiting for it.
 */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { WorkerError } from '../errors.ts'
import type { FromThread, StageMessage, StepReply, ThreadData, ToThread } from './messages.ts'
import { callOff, rendezvousMemory } from './rendezvous.ts'
import type { ResolvedWorkers } from './worker-options.ts'

/**
 * The thread's script. In a build it lies beside this file. Sources use the script of the build too, because a thread of Node
 * runs no TypeScript.
 * @throws WorkerError in a bundle that does not know its own URL, such as a CommonJS bundle.
 */
function scriptAddress(): URL {
  try {
    const isSource = import.meta.url.endsWith('.ts')
    return isSource ? new URL('../../dist/training-thread.js', import.meta.url) : new URL('./training-thread.js', import.meta.url)
  } catch (cause) {
    throw new WorkerError(
      {
        what: 'This bundle of @onebit/train does not know its own URL, so its threads cannot start.',
        fix: 'Bundle it as an ES module, leave the package out of the bundle (external), or train without `workers`.',
      },
      { cause },
    )
  }
}

interface Waiting {
  resolve(message: FromThread): void
  reject(error: WorkerError): void
}

export class ThreadTeam {
  readonly size: number
  readonly #workers: readonly Worker[]
  readonly #waiting: (Waiting | undefined)[] = []
  readonly #meetings: SharedArrayBuffer
  #lost?: WorkerError
  #closed = false

  /** @throws WorkerError if a thread does not start because an engine is missing or a module of plugins fails. */
  static async start({ count, plugins }: ResolvedWorkers): Promise<ThreadTeam> {
    const team = new ThreadTeam(count, plugins)
    try {
      await team.#answers('started')
    } catch (error) {
      await team.close()
      throw error
    }
    return team
  }

  private constructor(count: number, plugins: readonly string[]) {
    const script = scriptAddress()
    this.size = count
    this.#meetings = rendezvousMemory(count)
    this.#workers = Array.from({ length: count }, (_, replica) => {
      const workerData: ThreadData = { replica, replicas: count, engine: 'wasm', plugins, meetings: this.#meetings }
      const worker = new Worker(script, { workerData })
      worker.on('message', (message: FromThread) => this.#receive(replica, message))
      worker.on('error', (error) => this.#lose(replica, `${error.message}`))
      worker.on('exit', (code) => this.#lose(replica, `it ended with code ${code}`))
      return worker
    })
  }

  /**
   * Gives every thread the model that the next steps train.
   * @throws WorkerError if a thread cannot build the model, for example because its plugins lack a quantizer.
   */
  async begin(message: Omit<StageMessage, 'type'>): Promise<void> {
    this.#post({ ...message, type: 'stage' })
    await this.#answers('stage')
  }

  /**
   * Runs one step on all replicas.
   * @returns the answers by replica.
   * @throws WorkerError if a thread fails or ends.
   */
  async step(count: number, step: number, progress: number): Promise<StepReply[]> {
    this.#post({ type: 'step', count, step, progress })
    return (await this.#answers('step')) as StepReply[]
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#closed = true
    callOff(this.#meetings)
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #post(message: ToThread): void {
    for (const worker of this.#workers) worker.postMessage(message)
  }

  async #answers(type: FromThread['type']): Promise<FromThread[]> {
    if (this.#lost) throw this.#lost
    const answers = this.#workers.map(
      (_, replica) =>
        new Promise<FromThread>((resolve, reject) => {
          this.#waiting[replica] = { resolve, reject }
        }),
    )
    const received = await Promise.all(answers)
    const [unexpected] = received.filter((message) => message.type !== type)
    if (unexpected)
      throw new WorkerError({ what: 'A training thread answered out of order.', expected: type, received: unexpected.type })
    return received
  }

  #receive(replica: number, message: FromThread): void {
    if (message.type === 'error') {
      const { what, ...rest } = message.parts
      this.#fail(new WorkerError({ ...rest, what: `Training thread ${replica + 1} of ${this.size} failed: ${what}` }))
      return
    }
    this.#waiting[replica]?.resolve(message)
  }

  #lose(replica: number, reason: string): void {
    if (this.#closed) return
    this.#fail(
      new WorkerError({
        what: `Training thread ${replica + 1} of ${this.size} is lost: ${reason}.`,
        fix: `Resume the run, with fewer workers if memory is short. This machine runs ${availableParallelism()} threads at once.`,
      }),
    )
  }

  /** Only the first failure is reported, because the others follow from it. */
  #fail(error: WorkerError): void {
    this.#lost ??= error
    callOff(this.#meetings)
    for (const waiting of this.#waiting) waiting?.reject(this.#lost)
  }
}
