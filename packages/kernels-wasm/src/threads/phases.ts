/**
 * How threads share out a run. Phases run one after the other; a thread takes its own tasks of a phase first, then those that are left of the
 * others', and begins the next phase once all are done. `control` is cleared before a run. It holds a row of counters, whole cache lines, for
 * all threads: 1 once the inputs are there, then how many tasks of each phase are done; and one for each thread: how many of its tasks of each
 * phase are taken.
 */
import type { Kernels } from '../loading/kernels.ts'
import type { PlannedStep, ThreadPlan } from './thread-plan.ts'

export interface Phase {
  /** The first thread's first. */
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

/** More than a phase has tasks. */
const ALL_TAKEN = 2 ** 30

/** Lets threads take no task any more. */
export function takeAway(control: Int32Array): void {
  for (let counter = 0; counter < control.length; counter++) Atomics.store(control, counter, ALL_TAKEN)
}

/** Waking takes as long as many a phase, some 50 microseconds: worth watching the counter for about as long before sleeping. */
const GLANCES = 40_000

/** Waits until a counter has got to `count`; false after `milliseconds` of sleep. */
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
 * @param thread Whose tasks come first.
 * @param milliseconds Longest sleep.
 * @returns whether all are done.
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
