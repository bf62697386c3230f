/**
 * Recipes that come with the command, by the names that `onebit train` and `onebit recipe` take: those of papers as published, and mini ones,
 * which train on Fashion-MNIST in minutes.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { RecipeAbout } from './recipe/recipe.ts'

/** They lie beside `src` and `dist`, a folder for each scale. */
const folderOf = (scale: string): URL => new URL(`../recipes/${scale}/`, import.meta.url)

const FILES: ReadonlyMap<string, string> = new Map(
  ['mini', 'published'].flatMap((scale) =>
    readdirSync(folderOf(scale))
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => [file.slice(0, -'.json'.length), fileURLToPath(new URL(file, folderOf(scale)))] as const),
  ),
)

/** Mini ones first, in alphabetical order. */
export const SHIPPED_RECIPES: readonly string[] = [...FILES.keys()]

/** The file of that name. A file of one's own that is called the same is `./NAME`. */
export function shippedRecipe(name: string): string | undefined {
  return FILES.get(name)
}

/** What a recipe that ships says of itself. */
export interface ShippedRecipe extends Required<RecipeAbout> {
  readonly name: string
}

export function listShippedRecipes(): ShippedRecipe[] {
  return Array.from(FILES, ([name, file]) => ({ name, ...JSON.parse(readFileSync(file, 'utf8')).about }))
}
