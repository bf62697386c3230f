/** A program as its threads run it. */
import type { KernelName } from '../loading/kernels.ts'
import type { Program } from '../program/compile-graph.ts'
import { resolve, type Step } from '../program/program-builder.ts'

/** A kernel's name and its numbers. */
export type PlannedStep = readonly [KernelName, ...number[]]
/** `[phase][task][step]` */
export type ThreadPlan = readonly (readonly (readonly PlannedStep[])[])[]

/** Steps by phase and task. Steps that nothing runs beside, in a row, are one task of one phase. */
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

/** The program with the addresses of one thread. */
export function planThread({ steps }: Program, thread: number): ThreadPlan {
  const plan = (step: Step): PlannedStep => [step.kernel, ...step.arguments.map((argument) => resolve(argument, thread))]
  return groupSteps(steps).map((tasks) => tasks.map((task) => task.map(plan)))
}
