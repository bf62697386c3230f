/** The modules whose plugins training threads need: parts of replicas, the task, and plugins of other packages. */
import type { Registry } from '@onebit/core'
import type { WorkerOptions } from '@onebit/train'
import type { LocatedRecipe } from '../recipe/read-recipe.ts'

const OWN = ['@onebit/quantizers', '@onebit/train', '@onebit/kd']

/** The package of the task, if the command brings it. Other tasks are in their packages' modules. */
function taskModules(registry: Registry, name: string): string[] {
  const { package: from } = registry.task(name as never).plugin
  try {
    return from === undefined ? [] : [import.meta.resolve(from)]
  } catch {
    return []
  }
}

/** The threads of a recipe, if it asks for several. */
export function workersOf({ recipe, registry, modules }: LocatedRecipe): WorkerOptions | undefined {
  const { workers, synchronizeBatchNorm } = recipe.training
  if (workers === undefined) return undefined
  const plugins = [...OWN.map((name) => import.meta.resolve(name)), ...taskModules(registry, recipe.model.task), ...modules]
  return { count: workers, synchronizeBatchNorm, plugins: [...new Set(plugins)] }
}
