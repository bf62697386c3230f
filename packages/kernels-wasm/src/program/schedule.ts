/**
 * Schedules work in phases. Threads begin a phase only when the one before is over, so independent pieces of work share a phase, which
 * keeps phases few.
 */
import { type Buffer, bufferOf } from './buffer.ts'
import type { Call, Piece, Task } from './program-builder.ts'

/** One kernel call. Buffers stand for their addresses. */
export interface Step extends Call {
  /** Phases run one after the other. */
  readonly phase: number
  /** Tasks of a phase may run at the same time, each on one thread, its steps in order. A step without a task is alone in its phase. */
  readonly task?: number
  /** The thread that takes the task unless another is free first. */
  readonly home: number
}

/** A task that may go on with the calls of later pieces. */
interface GrowingTask extends Task {
  readonly calls: Call[]
}

/** Pieces that run as one. Their tasks share a phase with those of other groups of the same level. */
interface TaskGroup {
  readonly tasks: readonly GrowingTask[]
  level: number
  /** Groups that must be over first. */
  readonly after: Set<TaskGroup>
}

/** Groups that use a buffer: those of its own operation, which alone write to it, and readers. */
interface Users {
  readonly owners: Set<TaskGroup>
  readonly readers: Set<TaskGroup>
}

function buffersOf({ tasks }: Piece): Set<Buffer> {
  const found = tasks.flatMap(({ calls }) => calls.flatMap((call) => call.arguments.map(bufferOf)))
  return new Set(found.filter((buffer) => buffer !== undefined && buffer.data === undefined) as Buffer[])
}

/** The highest level of some groups, and the group that has it, if there is exactly one. */
function latestOf(groups: Iterable<TaskGroup>): { level: number; only?: TaskGroup } {
  let level = -1
  let only: TaskGroup | undefined
  for (const group of groups) {
    if (group.level < level) continue
    only = group.level > level ? group : undefined
    level = group.level
  }
  return { level, only }
}

/** Schedules each piece as early as possible. A piece of one task that waits for another such piece extends its task. */
function scheduleEarly(pieces: readonly Piece[]): TaskGroup[] {
  const groups: TaskGroup[] = []
  const usersOf = new Map<Buffer, Users>()
  for (const piece of pieces) {
    const after = new Set<TaskGroup>()
    const used: Set<TaskGroup>[] = []
    for (const buffer of buffersOf(piece)) {
      const users = usersOf.get(buffer) ?? { owners: new Set(), readers: new Set() }
      usersOf.set(buffer, users)
      const owns = buffer.operation === piece.operation
      used.push(owns ? users.owners : users.readers)
      for (const group of users.owners) after.add(group)
      if (owns) for (const group of users.readers) after.add(group)
    }
    const { level, only } = latestOf(after)
    let group = only
    if (piece.tasks.length === 1 && group?.tasks.length === 1) {
      for (const call of piece.tasks[0].calls) group.tasks[0].calls.push(call)
      after.delete(group)
      for (const other of after) group.after.add(other)
    } else {
      group = { tasks: piece.tasks.map((task) => ({ ...task, calls: [...task.calls] })), level: level + 1, after }
      groups.push(group)
    }
    for (const set of used) set.add(group)
  }
  return groups
}

/** The groups of each level, in their order. */
function byLevel(groups: readonly TaskGroup[]): TaskGroup[][] {
  const levels: TaskGroup[][] = []
  for (const group of groups) {
    while (levels.length <= group.level) levels.push([])
    levels[group.level].push(group)
  }
  return levels
}

/** Delays each group to the last level at which its results are still in time. There it more likely runs beside a long single task. */
function delay(groups: readonly TaskGroup[]): void {
  const latest = new Map<TaskGroup, number>()
  for (const level of byLevel(groups).reverse()) {
    for (const group of level) {
      group.level = latest.get(group) ?? group.level
      for (const other of group.after) latest.set(other, Math.min(latest.get(other) ?? Infinity, group.level - 1))
    }
  }
}

/** Orders single tasks first, each on another thread, because nothing can shorten them. */
function orderTasks(groups: readonly TaskGroup[], threads: number): Task[] {
  const single = groups
    .filter(({ tasks }) => tasks.length === 1)
    .map(({ tasks: [task] }, index) => ({ ...task, home: index % threads }))
  return [...single, ...groups.filter(({ tasks }) => tasks.length > 1).flatMap(({ tasks }) => tasks)]
}

/** The steps by phase and task. On one thread they keep their order. */
export function schedule(pieces: readonly Piece[], threads: number): Step[] {
  const calls = pieces.flatMap(({ tasks }) => tasks.flatMap((task) => task.calls))
  if (threads === 1) return calls.map((call, phase) => ({ ...call, phase, home: 0 }))
  const groups = scheduleEarly(pieces)
  delay(groups)
  const steps: Step[] = []
  let phase = 0
  for (const level of byLevel(groups)) {
    const tasks = orderTasks(level, threads)
    if (tasks.length === 1) {
      for (const call of tasks[0].calls) steps.push({ ...call, phase: phase++, home: 0 })
    } else {
      tasks.forEach((task, index) => {
        for (const call of task.calls) steps.push({ ...call, phase, task: index, home: task.home })
      })
      phase++
    }
  }
  return steps
}
