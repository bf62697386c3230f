/** `onebit recipe`: prints a recipe as JSON, to read, change and save. */
import type { Command } from 'commander'
import { type CommonFlags, finishCommand, type Host } from '../command.ts'
import { readRecipe } from '../recipe/read-recipe.ts'
import type { CheckedRecipe } from '../recipe/recipe.ts'
import { defaultRegistry } from '../registry.ts'
import type { Shell } from '../shell.ts'
import { describeShippedRecipes } from '../shipped-recipes.ts'
import { addRecipeFlags } from './train-flags.ts'

/** The answer is JSON, with or without `--json`. */
function print(recipe: CheckedRecipe, shell: Shell): void {
  if (shell.json) return
  for (const line of JSON.stringify(recipe, null, 2).split('\n')) shell.print(line)
}

export function addRecipe(command: Command, host: Host): void {
  command.argument('[recipe]', 'the name of a recipe, or a file; flags change parts of it')
  const changes = addRecipeFlags(command, defaultRegistry())
  finishCommand(command, host, {
    examples: ['recipe bi-real > recipe.json', 'recipe --data cifar-10 --block react --mix-up 0.2 > recipe.json'],
    notes: `Built-in recipes, scaled for Fashion-MNIST:\n${describeShippedRecipes()}\nMissing parts of a recipe are filled in.`,
    run: async ([recipe], { plugins, ...flags }: Readonly<Record<string, unknown>> & CommonFlags) =>
      (await readRecipe(recipe, changes(flags), { plugins })).recipe,
    print,
  })
}
