/** The data set that a model file was trained on, according to its metadata. */
import type { Registry } from '@onebit/core'
import type { DatasetPlugin } from '@onebit/data'

export interface DatasetOfFile {
  readonly plugin: DatasetPlugin
  /**
   * Options that the file may decide for an evaluation: the choice of test pictures. It never decides where they are, or that
   * they may be downloaded.
   */
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
 * Found by the recipe, if `onebit train` wrote the file, or else by the name of the data. A program's recipe has its own form,
 * and its data set may have any name; then the result is undefined.
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
