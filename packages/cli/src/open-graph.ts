/** The graph behind whatever a person points at: a model file, a run, a recipe, or a network's name. */
import { stat } from 'node:fs/promises'
import { type Graph, type ModelParameters, nearestNames, type Registry, readModelFile } from '@onebit/core'
import type { PublishedNetwork } from '@onebit/networks'
import type { DataShape } from './datasets/dataset.ts'
import { dataShape } from './datasets/registry.ts'
import { UsageError } from './errors.ts'
import { freezeRunFolder } from './freeze-run.ts'
import { composeModel } from './recipe/compose.ts'
import { type FlagValue, type LocatedRecipe, readRecipe } from './recipe/read-recipe.ts'
import { parseReference } from './references.ts'

export interface OpenedGraph {
  readonly graph: Graph
  readonly from: 'file' | 'run' | 'recipe' | 'network'
  /** What the layers store, BatchNorm included, where the model was composed here; a frozen graph no longer tells. */
  readonly parameters?: ModelParameters
}

type Untrained = Pick<OpenedGraph, 'graph' | 'parameters'>

async function freezeUntrained(registry: Registry, recipe: LocatedRecipe, shape: DataShape): Promise<Untrained> {
  const model = await composeModel(registry, recipe, shape)
  const { freeze, parametersOf } = await import('@onebit/layers')
  const parameters = parametersOf(model)
  const { graph } = freeze(model)
  model.dispose()
  return { graph, parameters }
}

/** The parts of a published network as if each had been given by the flag `source`; what it leaves out stays real. */
function publishedParts(source: string, published: PublishedNetwork): readonly FlagValue[] {
  const { network, block, activation = 'none', weight = 'none' } = published
  return Object.entries({ network, block, activation, weight }).map(([part, value]) => ({
    flag: source,
    path: ['model', part],
    value,
  }))
}

async function openNetwork(source: string, registry: Registry, shape: Partial<DataShape>): Promise<Untrained> {
  const { publishedNetworks } = await import('@onebit/networks')
  const published = Object.hasOwn(publishedNetworks, source) ? publishedNetworks[source] : undefined
  const reference = parseReference(source)
  const name = typeof reference === 'string' ? reference : reference.name
  const known = registry.list('network').map((plugin) => plugin.name)
  if (!published && !known.includes(name)) {
    const names = [...known, ...Object.keys(publishedNetworks)]
    const [nearest] = nearestNames(name, names)
    throw new UsageError({
      what: `'${source}' is no file, no run folder and no network.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
      fix: `Networks: ${[...new Set(names)].join(', ')}.`,
    })
  }
  const parts: readonly FlagValue[] = published
    ? publishedParts(source, published)
    : [{ flag: source, path: ['model', 'network'], value: reference }]
  const recipe = await readRecipe(undefined, parts)
  const entry = published ?? (await dataShape(recipe.recipe.dataset))
  return freezeUntrained(registry, recipe, { input: shape.input ?? entry.input, classes: shape.classes ?? entry.classes })
}

/**
 * @param shape For a network's name and for a recipe; defaults to what the data set has.
 * @throws UsageError if it is none of the four; RecipeError, RunError, ModelFormatError, FileError.
 */
export async function openGraph(source: string, registry: Registry, shape: Partial<DataShape> = {}): Promise<OpenedGraph> {
  const found = await stat(source).catch(() => undefined)
  if (!found) return { ...(await openNetwork(source, registry, shape)), from: 'network' }
  if (found.isDirectory()) return { graph: (await freezeRunFolder(source, registry)).graph, from: 'run' }
  if (!source.endsWith('.json')) return { graph: await readModelFile(source), from: 'file' }
  const recipe = await readRecipe(source)
  const entry = shape.input && shape.classes ? shape : await dataShape(recipe.recipe.dataset)
  const untrained = await freezeUntrained(registry, recipe, {
    input: shape.input ?? entry.input!,
    classes: shape.classes ?? entry.classes!,
  })
  return { ...untrained, from: 'recipe' }
}
