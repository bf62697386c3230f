/** Opens the teachers that a recipe names, for the trainer, and lists the names for their taps. */
import { type BackendReference, type KernelBackend, type Registry, readModelFile, reference } from '@onebit/core'
import type { DatasetShape } from '@onebit/data'
import { readPictureMetadata } from '@onebit/image'
import { frozenTeacher, graphModelTeacher } from '@onebit/kd'
import { readGraphModel, readLayersModel } from '@onebit/kd/node'
import { registerLayers } from '@onebit/layers'
import { readRun, type TeacherReference } from '@onebit/train'
import { DEFAULT_BACKEND } from '../backends.ts'
import { loadPlugins } from '../plugins/load-plugins.ts'
import { defaultRegistry } from '../registry.ts'
import { tensorflow } from '../tensorflow.ts'
import { checkRecipe, pluginNames } from './check-recipe.ts'
import { composeStage } from './compose.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { stagesOf } from './stages.ts'
import { type TapNames, tapNamesOf } from './tap-names.ts'
import type { NamedTeacher } from './teacher-names.ts'

export interface OpenedTeacher {
  readonly reference: TeacherReference
  readonly names: TapNames
  dispose(): void
}

const nothing = (): void => {}

/**
 * The features of a run, from its recipe. For a run that a program trained, only the layers are known, and only once it is open.
 */
async function featuresOfRun(folder: string, shape: DatasetShape): Promise<TapNames> {
  const title = `The run '${folder}'`
  const { recipe } = await readRun(folder)
  const locationOf = (path: string): string => `the recipe of the run '${folder}', ${path}`
  if (recipe === null || typeof recipe !== 'object') return { title, features: {} }
  const { plugins } = await loadPlugins(pluginNames(recipe, locationOf))
  const registry = defaultRegistry(plugins)
  const located: LocatedRecipe = { recipe: checkRecipe(recipe, registry, locationOf), registry, modules: [], locationOf }
  const composed = await composeStage(located, stagesOf(located.recipe).length - 1, shape)
  const names = { ...tapNamesOf(composed), title }
  composed.model.dispose()
  return names
}

/** The fastest backend that runs here. */
async function backendOf(registry: Registry): Promise<KernelBackend> {
  const { plugin, options } = registry.backend(DEFAULT_BACKEND as BackendReference)
  const backend = await plugin.create(options)
  return (await backend.isSupported()).supported ? backend : reference
}

/**
 * Opens a teacher that no stage of the recipe trains.
 * @throws RunError, FileError, ModelFormatError if it cannot be read; PluginNotFoundError if one of its quantizers is not
 *   registered.
 */
export async function openTeacher(
  { kind, value }: NamedTeacher,
  registry: Registry,
  shape: DatasetShape,
): Promise<OpenedTeacher> {
  await tensorflow()
  switch (kind) {
    case 'layersModel': {
      registerLayers(registry)
      const model = await readLayersModel(value)
      const names = { title: `The model '${value}'`, features: {}, layers: model.layers.map(({ name }) => name) }
      return { reference: model, names, dispose: () => model.dispose() }
    }
    case 'graphModel': {
      const model = await readGraphModel(value)
      const teacher = await graphModelTeacher(model, { title: `the graph model '${value}'` })
      return { reference: teacher, names: { title: `The graph model '${value}'`, features: {} }, dispose: () => model.dispose() }
    }
    case 'frozen': {
      const graph = await readModelFile(value)
      const { normalization } = readPictureMetadata(graph.metadata)
      const options = { backend: await backendOf(registry), normalization, title: `the frozen file '${value}'` }
      const teacher = await frozenTeacher(graph, options)
      return {
        reference: teacher,
        names: { title: `The frozen file '${value}'`, features: {} },
        dispose: () => teacher.dispose(),
      }
    }
    default:
      return { reference: { run: value }, names: await featuresOfRun(value, shape), dispose: nothing }
  }
}
