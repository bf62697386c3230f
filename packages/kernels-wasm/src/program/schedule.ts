/**
 * When which work runs. Threads begin a phase only once the one before is over, so work that does not need each other shares a phase, and
 * phases are few.
 */
import { type Buffer, bufferOf } from './buffer.ts'
import type { Call, Piece, Task } from './program-builder.ts'

/** One kernel call. Buffers stand for their addresses. */
export interface Step extends Call {
  /** Phases run one after the other. */
  readonly phase: number
  /** Tasks of a phase may run at the same time, each on one thread, its steps in order. A step without a task is alone in its phase. */
  readonly task?: number
  /** The thread that the task falls to unless another is done first. */
  readonly home: number
}

/** Pieces that run as one: tasks that share a phase with those of other units of the same level. */
interface Unit {
  readonly tasks: Task[]
  level: number
  /** What must be over before. */
  readonly after: Set<Unit>
}

/** Who works on a buffer: the units of the operation that it was made for, which alone write to it, and others. */
interface Users {
  readonly owners: Set<Unit>
  readonly readers: Set<Unit>
}

function buffersOf({ tasks }: Piece): Set<Buffer> {
  const found = tasks.flatMap(({ calls }) => calls.flatMap((call) => call.arguments.map(bufferOf)))
  return new Set(found.filter((buffer) => buffer !== undefined && buffer.data === undefined) as Buffer[])
}

/** Each piece as early as possible. A piece of one task that waits for another such goes on in the same task. */
function scheduleEarly(pieces: readonly Piece[]): Unit[] {
  const units: Unit[] = []
  const usersOf = new Map<Buffer, Users>()
  for (const piece of pieces) {
    const after = new Set<Unit>()
    const used: Set<Unit>[] = []
    for (const buffer of buffersOf(piece)) {
      const users = usersOf.get(buffer) ?? { owners: new Set(), readers: new Set() }
      usersOf.set(buffer, users)
      const owns = buffer.operation === piece.operation
      used.push(owns ? users.owners : users.readers)
      for (const unit of users.owners) after.add(unit)
      if (owns) for (const unit of users.readers) after.add(unit)
    }
    const latest = Math.max(-1, ...[...after].map(({ level }) => level))
    const last = [...after].filter(({ level }) => level === latest)
    let [unit] = last
    if (piece.tasks.length === 1 && last.length === 1 && unit.tasks.length === 1) {
      unit.tasks[0] = { ...unit.tasks[0], calls: [...unit.tasks[0].calls, ...piece.tasks[0].calls] }
      after.delete(unit)
      for (const other of after) unit.after.add(other)
    } else {
      unit = { tasks: [...piece.tasks], level: latest + 1, after }
      units.push(unit)
    }
    for (const set of used) set.add(unit)
  }
  return units
}

/** Moves what can wait to the phase before the first that needs it: there it is more likely to fill the time of a phase of one task. */
function delay(units: readonly Unit[]): void {
  const latest = new Map<Unit, number>()
  for (const unit of [...units].sort((a, b) => b.level - a.level)) {
    unit.level = latest.get(unit) ?? unit.level
    for (const other of unit.after) latest.set(other, Math.min(latest.get(other) ?? Number.POSITIVE_INFINITY, unit.level - 1))
  }
}

/** Single tasks first, as nothing can shorten them, each on another thread. */
function orderTasks(units: readonly Unit[], threads: number): Task[] {
  const single = units
    .filter(({ tasks }) => tasks.length === 1)
    .map(({ tasks: [task] }, index) => ({ ...task, home: index % threads }))
  return [...single, ...units.filter(({ tasks }) => tasks.length > 1).flatMap(({ tasks }) => tasks)]
}

/** The steps by phase and task. On one thread they keep their order. */
export function schedule(pieces: readonly Piece[], threads: number): Step[] {
  const calls = pieces.flatMap(({ tasks }) => tasks.flatMap((task) => task.calls))
  if (threads === 1) return calls.map((call, phase) => ({ ...call, phase, home: 0 }))
  const units = scheduleEarly(pieces)
  delay(units)
  const steps: Step[] = []
  let phase = 0
  for (let level = 0; level <= Math.max(...units.map((unit) => unit.level)); level++) {
    const tasks = orderTasks(
      units.filter((unit) => unit.level === level),
      threads,
    )
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
