/** Opens the graph of any source that a user names: a model file, a run, a recipe, or a network. */
import { stat } from 'node:fs/promises'
import {
  type AnyFacts,
  type Graph,
  type ModelParameters,
  nearestNames,
  type Reference,
  type Registry,
  readModelFile,
} from '@onebit/core'
import type { DatasetPlugin, DatasetShape } from '@onebit/data'
import { freeze, parametersOf } from '@onebit/layers'
import { type PublishedNetwork, type PublishedPoseNetwork, publishedNetworks, publishedPoseNetworks } from '@onebit/networks'
import { isAddress } from './argument-rules.ts'
import { locateAsync, UsageError } from './errors.ts'
import { freezeRunFolder } from './freeze-run.ts'
import { loadPlugins } from './plugins/load-plugins.ts'
import { composeModel } from './recipe/compose.ts'
import { type FlagValue, type LocatedRecipe, readRecipe } from './recipe/read-recipe.ts'
import type { NamedReference } from './recipe/recipe.ts'
import { parseReference } from './references.ts'
import { defaultRegistry } from './registry.ts'

export interface OpenedGraph {
  readonly graph: Graph
  readonly from: 'file' | 'run' | 'recipe' | 'network'
  /** The registry, which knows the graph's task if a plugin brings it. */
  readonly registry: Registry
  /**
   * The parameters that the layers store, including BatchNorm, if the model was composed here. A frozen graph no longer has them.
   */
  readonly parameters?: ModelParameters
}

/** Changes to a recipe or a network before it is composed. */
export interface OpenOptions {
  /** `[height, width, channels]` */
  readonly input?: DatasetShape['input']
  /** A data set that provides the input and the facts. */
  readonly data?: NamedReference
  /** The head. Its options override those derived from the data: `classification:classes=1000`. */
  readonly head?: NamedReference
  /** Packages, paths or URLs of plugin modules. */
  readonly plugins?: readonly string[]
}

type Untrained = Pick<OpenedGraph, 'graph' | 'parameters' | 'registry'>

/**
 * The input and facts that a recipe's data set requires of a network, without reading pictures. @throws RecipeError with the
 * place in the recipe.
 */
export async function shapeOf({ recipe, registry, locationOf }: LocatedRecipe): Promise<DatasetShape> {
  return locateAsync(locationOf('dataset'), () => {
    const { plugin, options } = registry.resolve('dataset', recipe.dataset as Reference)
    return (plugin as DatasetPlugin).shape(options)
  })
}

async function freezeUntrained(recipe: LocatedRecipe, shape: DatasetShape): Promise<Untrained> {
  const model = await composeModel(recipe, shape)
  const parameters = parametersOf(model)
  const { graph } = freeze(model)
  model.dispose()
  return { graph, parameters, registry: recipe.registry }
}

/** Turns parts of a model into changes, as if each had been given by the flag `source`. */
const flagsOf = (source: string, parts: Readonly<Record<string, unknown>>): FlagValue[] =>
  Object.entries(parts).map(([part, value]) => ({ flag: source, path: ['model', part], value }))

type Published = PublishedNetwork | PublishedPoseNetwork

/** Published networks of all tasks, by name. */
const PUBLISHED: Readonly<Record<string, Published>> = { ...publishedNetworks, ...publishedPoseNetworks }
export const PUBLISHED_NAMES: readonly string[] = Object.keys(PUBLISHED)

/** Sides without a quantizer in a published network stay real. */
function partsOf(published: Published): Record<string, unknown> {
  const { network, block, activation = 'none', weight = 'none' } = published
  const head = 'head' in published && published.head !== undefined ? { head: published.head } : {}
  return { network, block, activation, weight, ...head }
}

/** The data set of a published network, unless the options name another one. */
function withDataset(published: Published | undefined, options: OpenOptions): OpenOptions {
  return published && 'dataset' in published ? { ...options, data: options.data ?? published.dataset } : options
}

async function openNetwork(source: string, options: OpenOptions): Promise<Untrained> {
  const published = Object.hasOwn(PUBLISHED, source) ? PUBLISHED[source] : undefined
  // Options are read once the network is known: a colon is also in paths and addresses.
  const [name] = source.split(':', 1)
  const registry = defaultRegistry((await loadPlugins(options.plugins ?? [])).plugins)
  const known = registry.list('network').map((plugin) => plugin.name)
  if (!published && !known.includes(name)) {
    const names = [...known, ...PUBLISHED_NAMES]
    const [nearest] = nearestNames(name, names)
    throw new UsageError({
      what: `'${source}' is not a file, a run folder or a network.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
      fix: `Networks: ${[...new Set(names)].join(', ')}.`,
    })
  }
  const parts = published ? partsOf(published) : { network: parseReference(source) }
  const flags = [...flagsOf(source, parts), ...givenFlags(withDataset(published, options))]
  const recipe = await readRecipe(undefined, flags, { plugins: options.plugins })
  const shape = await shapeOf(recipe)
  const ofPaper = published && !options.data ? { input: published.input, facts: factsOf(published, shape) } : shape
  return freezeUntrained(recipe, { ...ofPaper, ...(options.input && { input: options.input }) })
}

/** For classification, numbered classes, as many as the paper's data has. Otherwise the facts of the data set. */
function factsOf(published: Published, { facts }: DatasetShape): AnyFacts {
  if (!('classes' in published)) return facts
  return { classes: Array.from({ length: published.classes }, (_, index) => `${index}`) }
}

/** The data set and the head from the options, as changes of a recipe. */
function givenFlags({ data, head }: OpenOptions): FlagValue[] {
  const flags: FlagValue[] = [
    { flag: '--data', path: ['dataset', 'name'], value: data },
    { flag: '--head', path: ['model', 'head'], value: head },
  ]
  return flags.filter(({ value }) => value !== undefined)
}

/**
 * @throws UsageError if the source is none of the four; RecipeError, RunError, ModelFormatError, FileError, PluginLoadError.
 */
export async function openGraph(source: string, options: OpenOptions = {}): Promise<OpenedGraph> {
  if (isAddress(source)) return openFile(source, options)
  const found = await stat(source).catch(() => undefined)
  if (!found) return { ...(await openNetwork(source, options)), from: 'network' }
  if (found.isDirectory()) {
    const { graph } = await freezeRunFolder(source, options.plugins)
    return { graph, from: 'run', registry: await loaded(options) }
  }
  if (!source.endsWith('.json')) return openFile(source, options)
  const recipe = await readRecipe(source, givenFlags(options), { plugins: options.plugins })
  const shape = await shapeOf(recipe)
  return { ...(await freezeUntrained(recipe, { ...shape, ...(options.input && { input: options.input }) })), from: 'recipe' }
}

/** @param source A path, or an address of the web. */
async function openFile(source: string, options: OpenOptions): Promise<OpenedGraph> {
  const [graph, registry] = await Promise.all([readModelFile(source), loaded(options)])
  return { graph, from: 'file', registry }
}

async function loaded({ plugins = [] }: OpenOptions): Promise<Registry> {
  return defaultRegistry((await loadPlugins(plugins)).plugins)
}
