import { nearestNames, type Registry, type Task } from '@onebit/core'
import { UsageError } from '../errors.ts'

/** The task of a run or a file. @throws UsageError if no plugin that was loaded knows it. */
export function taskNamed(registry: Registry, name: string, source: string): Task {
  const known = registry.list('task') as readonly Task[]
  const task = known.find((plugin) => plugin.name === name)
  if (task) return task
  const names = known.map((plugin) => plugin.name)
  const [nearest] = nearestNames(name, names)
  throw new UsageError({
    what: `'${source}' is of the task '${name}', which no plugin here knows.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    expected: names.join(', '),
    fix: 'Name the package that brings the task with --plugin.',
  })
}
