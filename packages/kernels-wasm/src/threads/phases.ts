/**
 * Shares a run among threads. Phases run one after the other. A thread takes its own tasks of a phase first, then remaining tasks of the
 * others, and begins the next phase once all are done. `control` is cleared before a run. It holds rows of counters, each of whole cache
 * lines. The first row is for all threads: 1 once the inputs are there, then the number of finished tasks of each phase. Each thread also
 * has a row of its own: the number of its tasks of each phase that are taken.
 */
import type { Kernels } from '../loading/kernels.ts'
import type { PlannedStep, ThreadPlan } from './thread-plan.ts'

export interface Phase {
  /** Tasks, those of the first thread first. */
  readonly tasks: readonly (() => void)[]
  /** The first task of each thread, and the end. */
  readonly borders: readonly number[]
}

/** The plan of one thread, on its instance of the kernels. */
export function bindPlan(plan: ThreadPlan, kernels: Kernels): Phase[] {
  const bind = (steps: readonly PlannedStep[]): (() => void) => {
    const calls = steps.map(([kernel, ...numbers]) => ({ kernel: kernels[kernel], numbers }))
    return () => {
      for (const { kernel, numbers } of calls) kernel(...numbers)
    }
  }
  return plan.map(({ tasks, borders }) => ({ tasks: tasks.map(bind), borders }))
}

/** Counters of 4 bytes in a cache line. */
const LINE = 16

export function newControl(phases: number, threads: number): Int32Array {
  const row = Math.ceil((1 + phases) / LINE) * LINE
  return new Int32Array(new SharedArrayBuffer(4 * row * (1 + threads)))
}

/** Higher than the number of tasks of any phase. */
const ALL_TAKEN = 2 ** 30

/** Marks all tasks as taken, so that threads take no more. */
export function takeAway(control: Int32Array): void {
  for (let counter = 0; counter < control.length; counter++) Atomics.store(control, counter, ALL_TAKEN)
}

/** Waking takes some 50 microseconds, as long as many a phase. So a thread watches the counter for about as long before it sleeps. */
const GLANCES = 40_000

/** Waits until a counter reaches `count`. Returns false after `milliseconds` of sleep. */
function reaches(control: Int32Array, counter: number, count: number, milliseconds?: number): boolean {
  for (let glance = 0; glance < GLANCES; glance++) if (Atomics.load(control, counter) >= count) return true
  for (let value = Atomics.load(control, counter); value < count; value = Atomics.load(control, counter))
    if (Atomics.wait(control, counter, value, milliseconds) === 'timed-out') return false
  return true
}

/** Lets the threads begin. */
export function announceInputs(control: Int32Array): void {
  Atomics.store(control, 0, 1)
  Atomics.notify(control, 0)
}

export function awaitInputs(control: Int32Array): void {
  reaches(control, 0, 1)
}

/**
 * Works on one phase until all its tasks are taken, and waits until all are done.
 * @param thread The thread that runs this. It takes its own tasks first.
 * @param milliseconds Longest sleep.
 * @returns true if all are done.
 */
export function runPhase(
  { tasks, borders }: Phase,
  control: Int32Array,
  phase: number,
  thread: number,
  milliseconds?: number,
): boolean {
  const threads = borders.length - 1
  const row = control.length / (1 + threads)
  const done = 1 + phase
  let finished = 0
  for (let turn = 0; turn < threads; turn++) {
    const owner = (thread + turn) % threads
    const taken = (1 + owner) * row + done
    const end = borders[owner + 1]
    for (
      let task = borders[owner] + Atomics.add(control, taken, 1);
      task < end;
      task = borders[owner] + Atomics.add(control, taken, 1)
    ) {
      tasks[task]()
      finished++
    }
  }
  if (finished > 0 && Atomics.add(control, done, finished) + finished === tasks.length) Atomics.notify(control, done)
  return reaches(control, done, tasks.length, milliseconds)
}
