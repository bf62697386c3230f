/** Warns about parts of a recipe that are valid but probably not intended. */
import { partsOf, twinActivation } from './compose.ts'
import type { LocatedRecipe } from './read-recipe.ts'
import { stagesOf } from './stages.ts'

/** One sentence per warning. @throws RecipeError like `partsOf`. */
export function warningsOf(located: LocatedRecipe): string[] {
  return stagesOf(located.recipe).flatMap(({ name }, index, stages) => {
    const { block, activation } = partsOf(located, index)
    if (activation || twinActivation(block) === 'none') return []
    const where = stages.length > 1 ? ` in the stage '${name}'` : ''
    return [
      `The block '${block.plugin.name}'${where} is linear between its convolutions: its activations are real and it has no ` +
        'nonlinearity of its own. For a float network, use --float or --activation relu.',
    ]
  })
}
