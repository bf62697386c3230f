/**
 * Built-in recipes, by the names for `onebit train` and `onebit recipe`: those of papers as published, and mini recipes, which
 * train on Fashion-MNIST in minutes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RecipeAbout } from './recipe/recipe.ts'

/** The folder of a scale, beside `src` and `dist`. */
const folderOf = (scale: string): URL => new URL(`../recipes/${scale}/`, import.meta.url)

const FILES: ReadonlyMap<string, string> = new Map(
  ['mini', 'published'].flatMap((scale) =>
    readdirSync(folderOf(scale))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => [file.slice(0, -'.json'.length), fileURLToPath(new URL(file, folderOf(scale)))] as const),
  ),
)

/** Names of the recipes: mini ones first, in alphabetical order. */
export const SHIPPED_RECIPES: readonly string[] = [...FILES.keys()]

/** The path of a built-in recipe's file. To name your own file of the same name, write `./NAME`. */
export function shippedRecipe(name: string): string | undefined {
  return FILES.get(name)
}

/** The description of a built-in recipe. */
export interface ShippedRecipe extends Required<RecipeAbout> {
  readonly name: string
}

export function listShippedRecipes(): ShippedRecipe[] {
  return Array.from(FILES, ([name, file]) => ({ name, ...JSON.parse(readFileSync(file, 'utf8')).about }))
}
