/** The data set that a model file says it was trained on. */
import { optionsIn } from './choose-dataset.ts'
import { DATASET_NAMES, datasetNamed } from './registry.ts'

export interface DatasetOfFile {
  /** As `--data` takes it. */
  readonly name: string
  /** What the recipe says of it, as far as that decides which test images there are. */
  readonly options: Readonly<Record<string, unknown>>
}

function datasetOfRecipe(text: string | undefined): DatasetOfFile | undefined {
  let recipe: unknown
  try {
    recipe = JSON.parse(text ?? 'null')
  } catch {
    return undefined
  }
  const dataset = (recipe as { readonly dataset?: Readonly<Record<string, unknown>> } | null)?.dataset
  if (typeof dataset?.name !== 'string' || !DATASET_NAMES.includes(dataset.name)) return undefined
  // Of training only, or of a quick try of it.
  const { name, batch, augment, limit, ...options } = dataset
  return { name: dataset.name, options: optionsIn(dataset.name, options) }
}

/**
 * By the recipe it was trained by, where `onebit train` did that; else by what the images are called. A recipe of a program has a form of
 * its own, and a data set of a program a name of its own: then there is none.
 */
export function datasetOfFile({ recipe, dataset }: Readonly<Record<string, string>>): DatasetOfFile | undefined {
  const name = DATASET_NAMES.find((known) => datasetNamed(known).title === dataset)
  return datasetOfRecipe(recipe) ?? (dataset !== undefined && name ? { name, options: {} } : undefined)
}
