import { nearestNames, type Registry, type Task } from '@onebit/core'
import { UsageError } from '../errors.ts'
import { missingPlugin } from './missing-plugin.ts'

/**
 * The task of a run or a file.
 * @param metadata The file's metadata. Its recipe may name the missing plugin.
 * @throws UsageError if no loaded plugin provides the task.
 */
export function taskNamed(
  registry: Registry,
  name: string,
  source: string,
  metadata: Readonly<Record<string, string>> = {},
): Task {
  const known = registry.list('task') as readonly Task[]
  const task = known.find((plugin) => plugin.name === name)
  if (task) return task
  const names = known.map((plugin) => plugin.name)
  const [nearest] = nearestNames(name, names)
  throw new UsageError({
    what: `'${source}' has the task '${name}', which no loaded plugin provides.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    expected: names.join(', '),
    fix: missingPlugin(metadata),
  })
}
