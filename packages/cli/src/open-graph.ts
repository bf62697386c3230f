/** The graph behind whatever a person points at: a model file, a run, a recipe, or a network's name. */
import { stat } from 'node:fs/promises'
import { type Graph, nearestNames, type Registry, readModelFile } from '@onebit/core'
import { datasetEntry } from './datasets.ts'
import { UsageError } from './errors.ts'
import { freezeRunFolder } from './freeze-run.ts'
import { composeModel, type ModelShape } from './recipe/compose.ts'
import { type LocatedRecipe, readRecipe } from './recipe/read-recipe.ts'
import { parseReference } from './references.ts'

export interface OpenedGraph {
  readonly graph: Graph
  readonly from: 'file' | 'run' | 'recipe' | 'network'
}

async function freezeUntrained(registry: Registry, recipe: LocatedRecipe, shape: ModelShape): Promise<Graph> {
  const model = await composeModel(registry, recipe, shape)
  const { freeze } = await import('@onebit/layers')
  const { graph } = freeze(model)
  model.dispose()
  return graph
}

async function openNetwork(source: string, registry: Registry, shape: Partial<ModelShape>): Promise<Graph> {
  const reference = parseReference(source)
  const name = typeof reference === 'string' ? reference : reference.name
  const known = registry.list('network').map((plugin) => plugin.name)
  if (!known.includes(name)) {
    const [nearest] = nearestNames(name, known)
    throw new UsageError({
      what: `'${source}' is no file, no run folder and no network.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
      fix: `Networks: ${known.join(', ')}.`,
    })
  }
  const recipe = await readRecipe(undefined, [{ flag: source, path: ['model', 'network'], value: reference }])
  const entry = datasetEntry(recipe.recipe.dataset.name)
  return freezeUntrained(registry, recipe, { input: shape.input ?? entry.input, classes: shape.classes ?? entry.classes })
}

/**
 * @param shape For a network's name and for a recipe; defaults to what the data set has.
 * @throws UsageError if it is none of the four; RecipeError, RunError, ModelFormatError, FileError.
 */
export async function openGraph(source: string, registry: Registry, shape: Partial<ModelShape> = {}): Promise<OpenedGraph> {
  const found = await stat(source).catch(() => undefined)
  if (!found) return { graph: await openNetwork(source, registry, shape), from: 'network' }
  if (found.isDirectory()) return { graph: (await freezeRunFolder(source, registry)).graph, from: 'run' }
  if (!source.endsWith('.json')) return { graph: await readModelFile(source), from: 'file' }
  const recipe = await readRecipe(source)
  const entry = datasetEntry(recipe.recipe.dataset.name)
  const graph = await freezeUntrained(registry, recipe, {
    input: shape.input ?? entry.input,
    classes: shape.classes ?? entry.classes,
  })
  return { graph, from: 'recipe' }
}
