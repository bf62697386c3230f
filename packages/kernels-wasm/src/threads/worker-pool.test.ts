/** The calling thread waits for a worker that is amid a task, notices its death, and does not wait for one that never comes. */
import { readFile } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { instantiate } from '../loading/kernels.ts'
import { newControl } from './phases.ts'
import type { ThreadPlan } from './thread-plan.ts'
import { WorkerLostError } from './worker-lost-error.ts'
import { WorkerPool } from './worker-pool.ts'

const workers: Worker[] = []
const remember = (worker: Worker): void => void workers.push(worker)

/** A worker's task computes the exponentials of this many values repeatedly, for tens of milliseconds, and at the end one elsewhere. */
const COUNT = 100_000
const TIMES = 1000
const RESULTS = 8192 + 4 * COUNT
const LAST = RESULTS + 4 * COUNT

describe('a pool whose calling thread takes part', () => {
  let pool: WorkerPool
  let memory: WebAssembly.Memory
  /** Called once the worker has taken its task. */
  let amidTask: () => void

  beforeEach(async () => {
    workers.length = 0
    amidTask = () => {}
    process.on('worker', remember)
    const module = await WebAssembly.compile(await readFile(new URL('../../wasm/kernels-shared.wasm', import.meta.url)))
    ;({ memory } = await instantiate(module, LAST + 16, true))
    const control = newControl(1, 2)
    const call = ['exponential', 8192, RESULTS, COUNT] as const
    const task = [...new Array<typeof call>(TIMES).fill(call), ['exponential', 8192, LAST, 1] as const]
    const plan: ThreadPlan = [{ tasks: [task, task], borders: [0, 1, 2] }]
    // The calling thread's task is to wait until the worker has taken the other.
    const taken = control.length - control.length / 3 + 1
    const awaitWorker = (): void => {
      while (Atomics.load(control, taken) === 0);
      amidTask()
    }
    const own = { tasks: [awaitWorker, awaitWorker], borders: [0, 1, 2] }
    pool = new WorkerPool([{ module, memory, control, plans: [plan], thread: 1 }], control, [[own]])
  })

  afterEach(() => {
    pool.dispose()
    process.off('worker', remember)
  })

  /** True if the worker has come to the end of its task. */
  const isDone = (): boolean => new Float32Array(memory.buffer, LAST)[0] === 1

  it('waits for a task of a worker', async () => {
    await pool.run(0, () => {})
    expect(isDone()).toBe(true)
  })

  it('fails if a worker is killed amid a task, and runs again', async () => {
    await pool.start()
    amidTask = () => void workers[0].terminate()
    await expect(pool.run(0, () => {})).rejects.toSatisfy((error) => WorkerLostError.isInstance(error))
    expect(isDone()).toBe(false)
    await pool.run(0, () => {})
    expect(isDone()).toBe(true)
    expect(workers).toHaveLength(2)
  })
})
