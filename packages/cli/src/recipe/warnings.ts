/** What a recipe may say and a person hardly means. */
import { partsOf, twinActivation } from './compose.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { stagesOf } from './stages.ts'

/** A sentence for each. @throws RecipeError as `partsOf` does. */
export function warningsOf(located: LocatedRecipe): string[] {
  return stagesOf(located.recipe).flatMap(({ name }, index, stages) => {
    const { block, activation } = partsOf(located, index)
    if (activation || twinActivation(block) === 'none') return []
    const where = stages.length > 1 ? ` in the stage '${name}'` : ''
    return [
      `Nothing bends between the convolutions of the block '${block.plugin.name}'${where}: its activations are real and it has no ` +
        'non-linearity of its own. For a float network give --float, or --activation relu.',
    ]
  })
}
