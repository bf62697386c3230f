import type { Worker } from 'node:worker_threads'
import { DataError } from '../data-error.ts'
import { builtin } from '../node-builtins.ts'
import { type DecodedImage, type DecodeReply, type DecodeSetup, type DecodeTask, fromFault } from './decode-messages.ts'

/** An image, or the error that its file caused. */
export type Decoded = DecodedImage | Error

/** A worker that does not end by itself within this many milliseconds is terminated. */
const PATIENCE = 5000

/**
 * Worker threads that decode images. Each task goes to the worker with the fewest tasks. Finished images wait until they are
 * taken. A single worker does one thing at a time. With several, each worker decodes its next image while it augments one.
 */
export class DecodePool {
  readonly #workers: Worker[] = []
  readonly #tasks = new Map<Worker, Map<number, DecodeTask>>()
  readonly #ready = new Map<number, Decoded>()
  readonly #waiting = new Map<number, { resolve(decoded: Decoded): void; reject(error: Error): void }>()
  readonly #stopped = new Int32Array(new SharedArrayBuffer(4))
  #failure: Error | undefined
  #ended: Promise<void> | undefined

  /** Starts `count` workers of the file at `address`. */
  constructor(address: URL, count: number, setup: Omit<DecodeSetup, 'overlap' | 'stopped'>) {
    const threads = builtin('node:worker_threads')!
    const workerData: DecodeSetup = { ...setup, overlap: count > 1, stopped: this.#stopped.buffer as SharedArrayBuffer }
    for (let index = 0; index < count; index++) {
      const worker = new threads.Worker(address, { workerData, execArgv: [] })
      this.#workers.push(worker)
      this.#tasks.set(worker, new Map())
      worker.on('message', (reply: DecodeReply) => this.#settle(worker, reply))
      worker.on('error', (cause) => this.#broken(worker, cause))
      worker.on('exit', (code) => {
        if (!this.#ended) this.#broken(worker, new Error(`It ended with code ${code}.`))
      })
    }
  }

  /** Gives a task to a worker. Its position must not be in the pool already. */
  add(task: DecodeTask): void {
    const load = (worker: Worker): number => this.#tasks.get(worker)!.size
    const worker = this.#workers.reduce((least, other) => (load(other) < load(least) ? other : least))
    this.#tasks.get(worker)!.set(task.place, task)
    worker.postMessage(task)
  }

  /**
   * The image at a position, once it is ready. The pool then forgets it. Throws the error that was passed to `fail`, or
   * `DataError` with reason `worker`.
   */
  async take(place: number): Promise<Decoded> {
    if (this.#failure) throw this.#failure
    const ready = this.#ready.get(place)
    this.#ready.delete(place)
    return ready ?? new Promise((resolve, reject) => this.#waiting.set(place, { resolve, reject }))
  }

  /** Rejects all current and later calls of `take` with this error. */
  fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.values()) reject(this.#failure)
    this.#waiting.clear()
  }

  /** Ends the workers, each after its current image. Resolves when all workers have ended. */
  end(): Promise<void> {
    this.#ended ??= this.#end()
    return this.#ended
  }

  async #end(): Promise<void> {
    Atomics.store(this.#stopped, 0, 1)
    await Promise.all(this.#workers.map(ended))
  }

  #settle(worker: Worker, { place, image, fault }: DecodeReply): void {
    this.#tasks.get(worker)!.delete(place)
    const decoded = image ?? fromFault(fault)
    const waiting = this.#waiting.get(place)
    this.#waiting.delete(place)
    if (waiting) waiting.resolve(decoded)
    else this.#ready.set(place, decoded)
  }

  #broken(worker: Worker, cause: Error): void {
    const [task] = this.#tasks.get(worker)!.values()
    this.fail(
      new DataError(
        {
          reason: 'worker',
          file: task?.file,
          what: task ? `The thread that decoded '${task.file}' failed.` : 'A decoding thread failed.',
          received: cause.message,
          fix: task ? 'Check that file, or run again without it.' : undefined,
        },
        { cause },
      ),
    )
  }
}

/** Asks a worker to end, and terminates it if it does not. */
function ended(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    if (worker.threadId === -1) return resolve()
    const timer = setTimeout(() => worker.terminate(), PATIENCE)
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    worker.postMessage('stop')
  })
}
