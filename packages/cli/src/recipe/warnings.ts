/** What a recipe may say and a person hardly means. */
import type { LocatedRecipe } from './read-recipe.ts'

/** A sentence for each. */
export function warningsOf(_located: LocatedRecipe): string[] {
  return []
}
