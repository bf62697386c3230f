/** What a schema cannot tell of a recipe: whether its stages can be trained, one after the other. */
import { makePlan, type StageOptions } from '@onebit/train'
import { locate, RecipeError } from '../errors.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { type NamedStage, placeOf, stagesOf } from './stages.ts'

/** Settings whose values only the trainer can judge. */
const JUDGED = ['optimizer', 'schedule', 'warmUp', 'labelSmoothing', 'average'] as const

/** A stage with the losses that the trainer knows itself; distillers are the registry's to judge. */
function trainerStage({ losses, ...stage }: NamedStage): StageOptions {
  const known = losses?.filter((loss) => ['cross-entropy', 'soft-labels'].includes(typeof loss === 'string' ? loss : loss.name))
  const named = known?.map((loss) => (loss === 'soft-labels' ? { name: loss } : loss))
  return { ...stage, losses: named?.length === 0 ? undefined : named } as StageOptions
}

/**
 * Checks what a schema cannot: that stages refer to earlier ones, and that optimizers and schedules exist.
 * @throws RecipeError with the place of the first mistake.
 */
export function checkPlan({ recipe, locationOf }: LocatedRecipe): void {
  const stages = stagesOf(recipe)
  for (const [index, stage] of stages.entries()) {
    const place = placeOf(recipe, index)
    const { epochs } = stage
    if (epochs === undefined) {
      throw new RecipeError({
        what: `The stage '${stage.name}' has no number of epochs.`,
        expected: 'an integer of at least 1',
        fix: `Give it 'epochs', or give 'training' some for all stages.`,
        location: locationOf(place),
      })
    }
    for (const key of JUDGED) {
      if (stage[key] === undefined) continue
      const given = recipe.stages?.[index][key] === undefined ? 'training' : place
      locate(locationOf(`${given}.${key}`), () => makePlan({ epochs, [key]: stage[key] } as never))
    }
    const { seed } = recipe.training
    locate(locationOf(place), () => makePlan({ stages: stages.slice(0, index + 1).map(trainerStage), seed }))
  }
}
