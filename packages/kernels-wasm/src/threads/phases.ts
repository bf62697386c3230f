/**
 * How threads share out a run. Phases run one after the other; the threads take the tasks of a phase from a common counter and begin
 * the next phase once all are done. `control` holds two counters a phase, tasks taken and tasks done; it is cleared before a run.
 */
import type { Kernels } from '../loading/kernels.ts'
import type { ThreadPlan } from './thread-plan.ts'

/** `[phase][task]` */
export type Phases = readonly (readonly (() => void)[])[]

/** The plan of one thread, on its instance of the kernels. */
export function bindPlan(plan: ThreadPlan, kernels: Kernels): Phases {
  const bind = (tasks: ThreadPlan[number]): Phases[number] =>
    tasks.map((steps) => {
      const calls = steps.map(([kernel, ...numbers]) => ({ kernel: kernels[kernel], numbers }))
      return () => {
        for (const { kernel, numbers } of calls) kernel(...numbers)
      }
    })
  return plan.map(bind)
}

export function newControl(phases: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(8 * phases))
}

/** More than a phase has tasks. */
const ALL_TAKEN = 2 ** 30

/** Lets threads take no task any more. */
export function takeAway(control: Int32Array): void {
  for (let taken = 0; taken < control.length; taken += 2) Atomics.store(control, taken, ALL_TAKEN)
}

/** Waking takes as long as many a phase, some 50 microseconds: worth watching the counter for about as long before sleeping. */
const GLANCES = 40_000

/**
 * Works on one phase until all its tasks are taken, and sleeps until all are done.
 * @param milliseconds Longest sleep.
 * @returns whether all are done.
 */
export function runPhase(tasks: Phases[number], control: Int32Array, phase: number, milliseconds?: number): boolean {
  const taken = 2 * phase
  const done = taken + 1
  for (let task = Atomics.add(control, taken, 1); task < tasks.length; task = Atomics.add(control, taken, 1)) {
    tasks[task]()
    if (Atomics.add(control, done, 1) + 1 === tasks.length) Atomics.notify(control, done)
  }
  for (let glance = 0; glance < GLANCES; glance++) if (Atomics.load(control, done) === tasks.length) return true
  for (let count = Atomics.load(control, done); count < tasks.length; count = Atomics.load(control, done))
    if (Atomics.wait(control, done, count, milliseconds) === 'timed-out') return false
  return true
}
