/** A checked recipe from a file, from flags, or from a file with flags on top. Every mistake is reported where it was made. */
import { readFile } from 'node:fs/promises'
import { decodeJson, FileError } from '@onebit/core'
import { datasetNamed } from '../datasets/registry.ts'
import { locate, RecipeError, UsageError } from '../errors.ts'
import { SHIPPED_RECIPES, shippedRecipe } from '../shipped-recipes.ts'
import { explainIssue } from './explain-issue.ts'
import { type CheckedRecipe, DEFAULT_RECIPE, type Recipe, recipeSchema } from './schema.ts'

/** A flag, and the place in the recipe that it sets. */
export interface FlagValue {
  readonly flag: string
  /** `['model', 'activation']` */
  readonly path: readonly ['dataset' | 'model' | 'training', string]
  readonly value: unknown
}

export interface LocatedRecipe {
  readonly recipe: CheckedRecipe
  /** Where a part was given: `recipe.json, model.activation` or `--activation`. */
  locationOf(path: string): string
}

type RawRecipe = Record<string, Record<string, unknown>>

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The schema of the data set that a recipe names, if it is known by then. */
function datasetSchema(raw: unknown, locationOf: LocatedRecipe['locationOf']) {
  const dataset = isRecord(raw) && isRecord(raw.dataset) ? raw.dataset : undefined
  if (typeof dataset?.name !== 'string') return undefined
  return locate(locationOf('dataset.name'), () => datasetNamed(dataset.name as string)).schema
}

function check(raw: unknown, locationOf: LocatedRecipe['locationOf']): LocatedRecipe {
  const schema = recipeSchema(isRecord(raw) && 'stages' in raw, datasetSchema(raw, locationOf))
  const result = schema.safeParse(raw)
  if (!result.success) {
    const [first, ...others] = result.error.issues.map((issue) => explainIssue(issue, raw))
    const more = others.length > 0 ? `Also wrong: ${others.map(({ path }) => path).join(', ')}.` : undefined
    throw new RecipeError({
      what: first.what,
      fix: [first.fix, more].filter(Boolean).join(' ') || undefined,
      location: locationOf(first.path),
    })
  }
  return { recipe: result.data, locationOf }
}

async function readJson(file: string): Promise<unknown> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new FileError(
      {
        what: `The recipe '${file}' could not be read.`,
        received: (error as Error).message,
        fix: `Check the path, or take one that ships: ${SHIPPED_RECIPES.join(', ')}.`,
      },
      { cause: error },
    )
  }
  return locate(file, () => decodeJson(bytes, file))
}

/** Refuses a flag for what every stage of the recipe says itself. */
function checkEffect({ flag, path: [part, key] }: FlagValue, raw: RawRecipe): void {
  const stages = raw.stages as unknown
  if (!Array.isArray(stages) || part === 'dataset') return
  if (!stages.every((stage) => isRecord(stage) && stage[key] !== undefined)) return
  throw new RecipeError({
    what: `'${key}' is set by every stage of the recipe, so '${flag}' would change nothing.`,
    fix: 'Change it in the stages.',
    location: flag,
  })
}

function withFlags(raw: unknown, flags: readonly FlagValue[], file: string | undefined): unknown {
  if (flags.length === 0) return raw
  if (!isRecord(raw)) throw new UsageError({ what: `Flags cannot change '${file}', which holds no recipe.` })
  const changed = structuredClone(raw) as RawRecipe
  for (const flag of flags) {
    checkEffect(flag, changed)
    const [part, key] = flag.path
    if (!isRecord(changed[part])) changed[part] = {}
    changed[part][key] = flag.value
  }
  return changed
}

/**
 * @param file A path, or the name of a recipe that ships. Without it, the flags change a recipe of defaults.
 * @throws FileError if the file cannot be read; RecipeError with the location of the first mistake.
 */
export async function readRecipe(file: string | undefined, flags: readonly FlagValue[] = []): Promise<LocatedRecipe> {
  const locationOf = (path: string): string => {
    const flag = flags.find((entry) => path === entry.path.join('.') || path.startsWith(`${entry.path.join('.')}.`))
    if (flag) return flag.flag
    if (file === undefined) return path
    return path ? `${file}, ${path}` : file
  }
  const raw = file === undefined ? DEFAULT_RECIPE : await readJson(shippedRecipe(file) ?? file)
  return check(withFlags(raw, flags, file), locationOf)
}

/**
 * A recipe written in a program, checked.
 * @throws RecipeError with the path of the first mistake.
 */
export function defineRecipe(recipe: Recipe): LocatedRecipe {
  return check(recipe, (path) => path || 'the recipe')
}
