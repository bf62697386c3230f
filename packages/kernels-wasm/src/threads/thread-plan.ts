/** The form of a program that its threads run. */
import type { KernelName } from '../loading/kernels.ts'
import { resolve } from '../program/buffer.ts'
import type { Program } from '../program/program.ts'
import type { Step } from '../program/schedule.ts'

/** A kernel's name and its numbers. */
export type PlannedStep = readonly [KernelName, ...number[]]

export interface PlannedPhase {
  /** `[task][step]`, the first thread's tasks first. */
  readonly tasks: readonly (readonly PlannedStep[])[]
  /** The first task of each thread, and the end. */
  readonly borders: readonly number[]
}

export type ThreadPlan = readonly PlannedPhase[]

/** Steps by phase and task. Consecutive steps without parallel work form one task of one phase. */
export function groupSteps(steps: readonly Step[]): Step[][][] {
  const phases: Step[][][] = []
  let previous: Step | undefined
  for (const step of steps) {
    const { phase, task } = step
    const alone = task === undefined
    const joins = previous && (alone ? previous.task === undefined : previous.phase === phase)
    if (!joins) phases.push([])
    const tasks = phases.at(-1)!
    if (alone && joins) tasks[0].push(step)
    else if (!joins || previous?.task !== task) tasks.push([step])
    else tasks.at(-1)!.push(step)
    previous = step
  }
  return phases
}

/** The program with the addresses of one of its threads. */
export function planThread({ steps }: Program, threads: number, thread: number): ThreadPlan {
  const plan = (step: Step): PlannedStep => [step.kernel, ...step.arguments.map((argument) => resolve(argument, thread))]
  return groupSteps(steps).map((tasks) => {
    const homes = Array.from({ length: threads }, (_, home) => tasks.filter(([step]) => step.home === home))
    const borders = [0]
    for (const { length } of homes) borders.push(borders.at(-1)! + length)
    return { tasks: homes.flat().map((task) => task.map(plan)), borders }
  })
}
