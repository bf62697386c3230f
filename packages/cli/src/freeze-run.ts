/** Freezes a run folder to a graph that states its task, the task's facts about the data, and the preparation of pictures. */
import type { Registry } from '@onebit/core'
import { isPreparationStep, taskMetadata } from '@onebit/image'
import { type FrozenModel, freeze, registerLayers } from '@onebit/layers'
import { loadSavedModel, type RunRecord, readRun } from '@onebit/train'
import { loadPlugins } from './plugins/load-plugins.ts'
import { taskNamed } from './plugins/task-named.ts'
import { pluginNames } from './recipe/check-recipe.ts'
import { defaultRegistry } from './registry.ts'
import { tensorflow } from './tensorflow.ts'

export interface FrozenRun extends FrozenModel {
  readonly run: RunRecord
}

/**
 * The registry for a run: built-in plugins and those that its recipe names.
 * @param plugins Further plugins.
 * @throws PluginLoadError; RunError if the folder holds no run.
 */
async function registryOfRun(run: RunRecord, plugins: readonly string[] = []): Promise<Registry> {
  const named = pluginNames(run.recipe, (path) => `the recipe of the run, ${path}`)
  return defaultRegistry((await loadPlugins([...named, ...plugins])).plugins)
}

/**
 * @throws RunError if the folder holds no run; FreezeError if a layer cannot be frozen; PluginLoadError.
 */
export async function freezeRunFolder(folder: string, plugins: readonly string[] = []): Promise<FrozenRun> {
  const run = await readRun(folder)
  const registry = await registryOfRun(run, plugins)
  await tensorflow()
  registerLayers(registry)
  const runtime = await taskNamed(registry, run.task, folder).runtime()
  const { data: dataset, facts, normalization, preparation, background, recipe } = run
  const metadata = taskMetadata(runtime, facts, {
    dataset,
    normalization,
    preparation: (preparation as readonly unknown[] | undefined)?.filter(isPreparationStep),
    background,
    recipe: recipe as never,
  })
  const model = await loadSavedModel(folder)
  const frozen = freeze(model, { metadata })
  model.dispose()
  return { ...frozen, run }
}
