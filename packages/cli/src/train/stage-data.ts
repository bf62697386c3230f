/** The training data of a recipe's stages, if it differs from that of the run. */
import type { LoadedDataset } from '@onebit/data'
import type { StageData } from '@onebit/train'
import { RecipeError } from '../errors.ts'
import type { LocatedRecipe } from '../recipe/read-recipe.ts'
import type { CheckedRecipe } from '../recipe/recipe.ts'
import { datasetOf } from '../recipe/stages.ts'

/** Loads a data set. @param place Its place in the recipe. */
export type Load = (dataset: CheckedRecipe['dataset'], place: string) => Promise<LoadedDataset>

/** Checks that a stage's data fits the run's network and task: one size of pictures and one set of facts. */
function checkAlike(data: LoadedDataset, run: LoadedDataset, location: string): void {
  const shown = ({ input, facts }: LoadedDataset): string => JSON.stringify({ input, facts })
  if (shown(data) === shown(run)) return
  const size = ({ input }: LoadedDataset): string => `${input.join('x')} pictures`
  throw new RecipeError({
    what: `The stage's data set '${data.name}' is not like the run's '${run.name}'.`,
    expected: `${size(run)} and the same facts: ${JSON.stringify(run.facts)}`,
    received: `${size(data)}, ${JSON.stringify(data.facts)}`,
    location,
  })
}

/**
 * The data of each stage; an empty record if it trains on the run's data.
 * @param run The data of the run.
 * @throws RecipeError if a stage's pictures have another size or other facts; the errors of `load`.
 */
export async function stageData({ recipe, locationOf }: LocatedRecipe, run: LoadedDataset, load: Load): Promise<StageData[]> {
  const all: StageData[] = []
  for (const [index, { dataset }] of (recipe.stages ?? []).entries()) {
    if (dataset === undefined) {
      all.push({})
      continue
    }
    const place = `stages[${index}].dataset`
    const asked = datasetOf(recipe, index)
    const loaded = await load(asked, place)
    checkAlike(loaded, run, locationOf(place))
    const { train } = loaded
    all.push('epoch' in train ? { data: train } : { data: train, batchSize: asked.batch })
  }
  return all
}
