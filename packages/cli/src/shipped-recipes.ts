/** Built-in recipes, by the names for `onebit train` and `onebit recipe`. */
import { fileURLToPath } from 'node:url'

/** A description of each recipe. */
const SHIPPED: Readonly<Record<string, string>> = {
  'bi-real': 'binary activations, then binary weights too (Bi-Real Net)',
  'strong-baseline': 'the same, with a rate in steps and weight decay only in the first stage',
  'real-to-binary': 'four stages: real, bounded, half binary, all binary; each teaches the next',
}

export const SHIPPED_RECIPES = Object.keys(SHIPPED)

/**
 * The path of a built-in recipe's file, which lies beside `src` and `dist`. To name your own file of the same name, write
 * `./NAME`.
 */
export function shippedRecipe(name: string): string | undefined {
  return Object.hasOwn(SHIPPED, name) ? fileURLToPath(new URL(`../recipes/${name}.json`, import.meta.url)) : undefined
}

/** One line per recipe, for the help. */
export function describeShippedRecipes(): string {
  const width = Math.max(...SHIPPED_RECIPES.map(({ length }) => length))
  return Object.entries(SHIPPED)
    .map(([name, stages]) => `  ${name.padEnd(width)}  ${stages}`)
    .join('\n')
}
