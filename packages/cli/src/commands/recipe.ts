/** `onebit recipe`: prints a recipe as JSON, to read, change and save, or lists the built-in recipes. */
import type { Command } from 'commander'
import { type CommonFlags, finishCommand, type Host } from '../command.ts'
import { readRecipe } from '../recipe/read-recipe.ts'
import type { CheckedRecipe } from '../recipe/recipe.ts'
import { defaultRegistry } from '../registry.ts'
import type { Shell } from '../shell.ts'
import { listShippedRecipes, type ShippedRecipe } from '../shipped-recipes.ts'
import { type Column, printTable } from '../table.ts'
import { addRecipeFlags } from './train-flags.ts'

const COLUMNS: readonly Column[] = [
  { title: 'recipe' },
  { title: 'reproduces', wraps: true },
  { title: 'paper', leaveOut: 1, wraps: true },
]

const TITLES = { mini: 'On Fashion-MNIST, in minutes', published: 'As published' } as const

function printList(recipes: readonly ShippedRecipe[], shell: Shell): void {
  for (const scale of ['mini', 'published'] as const) {
    const own = recipes.filter((recipe) => recipe.scale === scale)
    shell.print(shell.colors.bold(TITLES[scale]))
    const rows = own.map(({ name, title, reproduces, paper }) => [name, `${title}: ${reproduces}`, paper])
    printTable(shell, COLUMNS, rows)
    shell.print('')
  }
  shell.print(
    '`onebit recipe NAME` prints a recipe; published ones state the source of every value. `onebit train NAME` trains it.',
  )
}

/** A recipe is printed as JSON, with or without `--json`. */
function print(answer: CheckedRecipe | readonly ShippedRecipe[], shell: Shell): void {
  if (shell.json) return
  if (Array.isArray(answer)) printList(answer as readonly ShippedRecipe[], shell)
  else for (const line of JSON.stringify(answer, null, 2).split('\n')) shell.print(line)
}

export function addRecipe(command: Command, host: Host): void {
  command.argument('[recipe]', 'the name of a recipe, or a file; flags change parts of it')
  const changes = addRecipeFlags(command, defaultRegistry())
  finishCommand(command, host, {
    examples: ['recipe', 'recipe bi-real > recipe.json', 'recipe --data cifar-10 --block react --mix-up 0.2 > recipe.json'],
    notes: 'Without a recipe and without flags it lists the built-in recipes. Missing parts of a recipe are filled in.',
    run: async ([recipe], { plugins, ...flags }: Readonly<Record<string, unknown>> & CommonFlags) => {
      const changed = changes(flags)
      if (recipe === undefined && changed.length === 0) return listShippedRecipes()
      return (await readRecipe(recipe, changed, { plugins })).recipe
    },
    print,
  })
}
