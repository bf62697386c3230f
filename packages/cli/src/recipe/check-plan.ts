/** Checks the parts of a recipe that rules cannot express: its stages must be trainable one after the other. */
import { checkArgument, OptionError } from '@onebit/core'
import { teacherCache } from '@onebit/kd/node'
import { makePlan, type StageOptions } from '@onebit/train'
import * as argument from '../argument-rules.ts'
import { RecipeError } from '../errors.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { type NamedStage, placeOf, placeOfSetting, stagesOf } from './stages.ts'
import { plannedTeacher } from './teacher-names.ts'

/** A stage without the distillers that compare inner features. Those are checked once the models are composed. */
function plannedStage(
  { losses, teacher, cacheTeacher, dataset: _, ...stage }: NamedStage,
  { registry }: LocatedRecipe,
): StageOptions {
  const isTapping = (name: string): boolean =>
    registry.list('distiller').some((plugin) => plugin.name === name && (plugin as { compares?: string }).compares !== 'outputs')
  const known = losses?.filter((loss) => !isTapping(typeof loss === 'string' ? loss : loss.name))
  return {
    ...stage,
    losses: known?.length === 0 ? undefined : known,
    ...(teacher !== undefined && { teacher: plannedTeacher(teacher) }),
    // The run determines the folder later.
    ...(cacheTeacher && { cacheTeacher: teacherCache('.') }),
  } as StageOptions
}

/**
 * Checks that stages refer to earlier ones, and that settings go together.
 * @throws RecipeError with the place of the first mistake.
 */
export function checkPlan(located: LocatedRecipe): void {
  checkArgument('checkPlan()', 'located', located, argument.locatedRecipe)
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
      throw new RecipeError(
        { ...error.parts, location: locationOf(placeOfSetting(recipe, index, error.option)) },
        { cause: error },
      )
    }
  }
}
