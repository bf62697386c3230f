/** What the stages of a recipe train on, where that is not what the run trains on. */
import type { LoadedDataset } from '@onebit/data'
import type { StageData } from '@onebit/train'
import { RecipeError } from '../errors.ts'
import type { LocatedRecipe } from '../recipe/read-recipe.ts'
import type { CheckedRecipe } from '../recipe/recipe.ts'
import { datasetOf } from '../recipe/stages.ts'

/** Loads a data set. @param place Where the recipe says it. */
export type Load = (dataset: CheckedRecipe['dataset'], place: string) => Promise<LoadedDataset>

/** A network and its task are made for one size of pictures and one set of facts. */
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
 * Of each stage, nothing where it trains as the run does.
 * @param run What the run trains on.
 * @throws RecipeError if a stage's pictures are of another size or its facts differ; as `load` does.
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
