/** Recipes that come with the command, by the names that `onebit train` and `onebit recipe` take. */
import { fileURLToPath } from 'node:url'

/** What each trains. */
const SHIPPED: Readonly<Record<string, string>> = {
  'bi-real': 'binary activations, then binary weights too (Bi-Real Net)',
  'strong-baseline': 'the same, the rate in steps, weight decay at first only',
  'real-to-binary': 'real, bounded, half and all binary, each the next teacher',
}

export const SHIPPED_RECIPES = Object.keys(SHIPPED)

/** The file of that name; it lies beside `src` and `dist`. A file of one's own that is called the same is `./NAME`. */
export function shippedRecipe(name: string): string | undefined {
  return Object.hasOwn(SHIPPED, name) ? fileURLToPath(new URL(`../recipes/${name}.json`, import.meta.url)) : undefined
}

/** A line each, for help. */
export function describeShippedRecipes(): string {
  const width = Math.max(...SHIPPED_RECIPES.map(({ length }) => length))
  return Object.entries(SHIPPED)
    .map(([name, stages]) => `  ${name.padEnd(width)}  ${stages}`)
    .join('\n')
}
