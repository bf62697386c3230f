/** A checked recipe from a file, from flags, or from a file with flags on top. Every mistake is reported where it was made. */
import { readFile } from 'node:fs/promises'
import { FileError, nearestNames } from '@onebit/core'
import type { z } from 'zod'
import { RecipeError, UsageError } from '../errors.ts'
import { DEFAULT_RECIPE, KEYS, type Recipe, recipeSchema } from './schema.ts'

/** A flag, and the place in the recipe that it sets. */
export interface FlagValue {
  readonly flag: string
  /** `['model', 'activation']` */
  readonly path: readonly [keyof Recipe, string]
  readonly value: unknown
}

export interface LocatedRecipe {
  readonly recipe: Recipe
  /** Where a part was given: `recipe.json, model.activation` or `--activation`. */
  locationOf(path: string): string
}

type RawRecipe = Record<string, Record<string, unknown>>
type Issue = z.core.$ZodIssue

function pathOf(issue: Issue): string {
  return issue.path.map(String).join('.')
}

function describe(issue: Issue): { path: string; what: string; fix?: string } {
  const path = pathOf(issue)
  if (issue.code !== 'unrecognized_keys') {
    return { path, what: `The recipe's '${path}' cannot be used: ${issue.message.replace(/^Invalid input: /, '')}.` }
  }
  const [key] = issue.keys
  const known = KEYS[path] ?? []
  const [nearest] = nearestNames(key, known)
  return {
    path: path ? `${path}.${key}` : key,
    what: `A recipe has no '${path ? `${path}.` : ''}${key}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known${path ? ` in '${path}'` : ''}: ${known.join(', ')}.`,
  }
}

function check(raw: unknown, locationOf: LocatedRecipe['locationOf']): Recipe {
  if (typeof raw === 'object' && raw !== null && 'stages' in raw) {
    throw new RecipeError({
      what: 'The recipe has stages, which this version does not train yet.',
      expected: `one stage, described by 'training'`,
      fix: `Replace 'stages' by 'training': { "epochs": ... }.`,
      location: locationOf('stages'),
    })
  }
  const result = recipeSchema.safeParse(raw)
  if (result.success) return result.data
  const [first, ...others] = result.error.issues.map(describe)
  const more = others.length > 0 ? `Also wrong: ${others.map(({ path }) => path).join(', ')}.` : undefined
  throw new RecipeError({
    what: first.what,
    fix: [first.fix, more].filter(Boolean).join(' ') || undefined,
    location: locationOf(first.path),
  })
}

async function readJson(file: string): Promise<unknown> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new FileError(
      { what: `The recipe '${file}' could not be read.`, received: (error as Error).message, fix: 'Check the path.' },
      { cause: error },
    )
  }
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RecipeError({ what: `The recipe is no JSON: ${(error as Error).message}.`, location: file }, { cause: error })
  }
}

function withFlags(raw: unknown, flags: readonly FlagValue[], file: string | undefined): unknown {
  if (flags.length === 0) return raw
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new UsageError({ what: `Flags cannot change '${file}', which holds no recipe.` })
  }
  const changed = structuredClone(raw) as RawRecipe
  for (const { path, value } of flags) {
    const [part, key] = path
    if (typeof changed[part] !== 'object' || changed[part] === null) changed[part] = {}
    changed[part][key] = value
  }
  return changed
}

/**
 * @param file Without it, the flags change a recipe of defaults.
 * @throws FileError if the file cannot be read; RecipeError with the location of the first mistake.
 */
export async function readRecipe(file: string | undefined, flags: readonly FlagValue[] = []): Promise<LocatedRecipe> {
  const locationOf = (path: string): string => {
    const flag = flags.find((entry) => path === entry.path.join('.') || path.startsWith(`${entry.path.join('.')}.`))
    if (flag) return flag.flag
    if (file === undefined) return path
    return path ? `${file}, ${path}` : file
  }
  const raw = file === undefined ? DEFAULT_RECIPE : await readJson(file)
  return { recipe: check(withFlags(raw, flags, file), locationOf), locationOf }
}
