/** Checks the parts of a recipe that rules cannot express: its stages must be trainable one after the other. */
import { OptionError } from '@onebit/core'
import { makePlan, type StageOptions } from '@onebit/train'
import { RecipeError } from '../errors.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { type NamedStage, placeOf, stagesOf } from './stages.ts'

/** A stage without the distillers that compare inner features. Those are checked once the models are composed. */
function plannedStage({ losses, ...stage }: NamedStage, { registry }: LocatedRecipe): StageOptions {
  const isTapping = (name: string): boolean =>
    registry.list('distiller').some((plugin) => plugin.name === name && (plugin as { compares?: string }).compares !== 'outputs')
  const known = losses?.filter((loss) => !isTapping(typeof loss === 'string' ? loss : loss.name))
  return { ...stage, losses: known?.length === 0 ? undefined : known } as StageOptions
}

/**
 * Checks that stages refer to earlier ones, and that settings go together.
 * @throws RecipeError with the place of the first mistake.
 */
export function checkPlan(located: LocatedRecipe): void {
  const { recipe, registry, locationOf } = located
  const stages = stagesOf(recipe)
  const task = registry.task(recipe.model.task as never).plugin
  const { seed } = recipe.training
  for (const [index, stage] of stages.entries()) {
    const place = placeOf(recipe, index)
    if (stage.epochs === undefined) {
      throw new RecipeError({
        what: `The stage '${stage.name}' has no number of epochs.`,
        expected: 'an integer of at least 1',
        fix: `Give it 'epochs', or set 'epochs' in 'training' for all stages.`,
        location: locationOf(place),
      })
    }
    try {
      makePlan({ task, registry, seed, stages: stages.slice(0, index + 1).map((entry) => plannedStage(entry, located)) })
    } catch (error) {
      if (!OptionError.isInstance(error)) throw error
      const [key] = error.option?.split(/[.[]/) ?? []
      const given = key && Object.hasOwn(recipe.stages?.[index] ?? {}, key) ? place : 'training'
      const location = locationOf(key ? `${given}.${error.option}` : place)
      throw new RecipeError({ ...error.parts, location }, { cause: error })
    }
  }
}
