/** The data set that a model file says it was trained on. */
import type { Registry } from '@onebit/core'
import type { DatasetPlugin } from '@onebit/data'

export interface DatasetOfFile {
  readonly plugin: DatasetPlugin
  /** What the file may say of an evaluation: which test pictures there are. Never where they are, nor that they may be downloaded. */
  readonly options: Readonly<Record<string, unknown>>
}

function recipeDataset(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  try {
    const dataset = (JSON.parse(text ?? 'null') as { readonly dataset?: unknown } | null)?.dataset
    return typeof dataset === 'object' && dataset !== null ? (dataset as Readonly<Record<string, unknown>>) : undefined
  } catch {
    return undefined
  }
}

/**
 * By the recipe it was trained by, where `onebit train` did that; else by what the pictures are called. A recipe of a program has a form of
 * its own, and a data set of a program a name of its own: then there is none.
 */
export function datasetOfFile(
  { recipe, dataset }: Readonly<Record<string, string>>,
  registry: Registry,
): DatasetOfFile | undefined {
  const plugins = registry.list('dataset') as readonly DatasetPlugin[]
  const written = recipeDataset(recipe)
  const named = plugins.find(({ name }) => name === written?.name)
  if (written && named) {
    const entries = (named.ofTest ?? []).filter((key) => Object.hasOwn(written, key)).map((key) => [key, written[key]])
    return { plugin: named, options: Object.fromEntries(entries) }
  }
  const titled = dataset === undefined ? undefined : plugins.find(({ title }) => title === dataset)
  return titled && { plugin: titled, options: {} }
}
