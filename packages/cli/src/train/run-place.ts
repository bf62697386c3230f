/** The folder of a run, from the command's point of view: free or occupied, and the recipe for a resumed run. */
import { renameSync, writeFileSync } from 'node:fs'
import { readdir, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { checkArgument, fileError } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { UsageError } from '../errors.ts'
import type { CheckedRecipe } from '../recipe/recipe.ts'

/** The recipe at the beginning of the run. `--resume` reads it. */
const RECIPE_FILE = 'recipe.json'

/** The model's files, which a run writes at its end. */
const MODEL_FILES = ['model.json', 'weights.bin']

/** The files of a run that `onebit freeze`, `report` and `train --resume` read. */
export function runFiles(folder: string): string[] {
  return ['run.json', ...MODEL_FILES, RECIPE_FILE, 'log.jsonl'].map((file) => join(folder, file))
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** The first free of `runs/NETWORK-1`, `runs/NETWORK-2`, ... */
export async function freeFolder({ model: { network } }: CheckedRecipe): Promise<string> {
  const name = typeof network === 'string' ? network : network.name
  let number = 1
  while (await exists(join('runs', `${name}-${number}`))) number++
  return join('runs', `${name}-${number}`)
}

/** Refuses a folder that holds a run, finished or not, or another program's model. Nothing is written. @throws UsageError */
export async function checkRoom(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined)
  if (found && !found.isDirectory())
    throw new UsageError({ what: `'${out}' is a file, not a folder.`, fix: 'Choose another --out.' })
  const fix = `Choose another --out, replace the run with --force, or continue it: onebit train --resume ${out}`
  if (await exists(join(out, 'run.json'))) throw new UsageError({ what: `'${out}' already holds a run.`, fix })
  const checkpoints = await readdir(join(out, 'checkpoints')).catch(() => [])
  if (checkpoints.length > 0) throw new UsageError({ what: `'${out}' holds a run that did not finish.`, fix })
  for (const file of MODEL_FILES.map((name) => join(out, name))) {
    if (!(await exists(file))) continue
    throw new UsageError({
      what: `'${file}' belongs to no run of this command, and the run would replace it.`,
      fix: 'Choose another --out, or replace the file with --force.',
    })
  }
}

/** The recipe of a run. @throws UsageError if the folder holds none. */
export async function recipeOfRun(folder: string): Promise<string> {
  checkArgument('onebit train', '--resume', folder, argument.localPath)
  const file = join(folder, RECIPE_FILE)
  if (await exists(file)) return file
  throw new UsageError({
    what: `There is no run to resume in '${folder}'.`,
    expected: RECIPE_FILE,
    fix: 'Give the folder of `onebit train --out`.',
  })
}

/** Writes the recipe for a later `--resume`. It is synchronous, because an event handler calls it. @throws FileError */
export function writeRecipe(folder: string, recipe: CheckedRecipe): void {
  const file = join(folder, RECIPE_FILE)
  try {
    const beside = `${file}.${process.pid}`
    writeFileSync(beside, `${JSON.stringify(recipe, null, 2)}\n`)
    renameSync(beside, file)
  } catch (error) {
    throw fileError(`The recipe '${file}' could not be written.`, error)
  }
}

/** The folder and those above it that are not there yet, the innermost first. */
export async function missingFolders(folder: string): Promise<readonly string[]> {
  const path = resolve(folder)
  return (await exists(path)) ? [] : [path, ...(await missingFolders(dirname(path)))]
}

/**
 * Removes the files of a run that failed before its first step, so that its folder is free again.
 * @param missing Folders that were not there before; those that are empty now go, too.
 */
export async function removeBeginning(folder: string, missing: readonly string[]): Promise<void> {
  for (const name of ['checkpoints', 'log.jsonl', RECIPE_FILE]) await rm(join(folder, name), { recursive: true, force: true })
  for (const path of missing) await rmdir(path).catch(() => undefined)
}
