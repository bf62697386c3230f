/**
 * Reads and checks a recipe from a file, from flags, or from a file with flags on top. Every error gives the place of the
 * mistake.
 */
import { readFile } from 'node:fs/promises'
import {
  checkArguments,
  checkOptions,
  decodeJson,
  FileError,
  nearestNames,
  type PluginList,
  type Registry,
  rules,
} from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { locateAsync, RecipeError, UsageError } from '../errors.ts'
import { loadPlugins } from '../plugins/load-plugins.ts'
import { defaultRegistry } from '../registry.ts'
import { SHIPPED_RECIPES, shippedRecipe } from '../shipped-recipes.ts'
import { checkRecipe, isRecord, pluginNames } from './check-recipe.ts'
import { type CheckedRecipe, DEFAULT_RECIPE, type Recipe } from './recipe.ts'

/** A flag, and the place in the recipe that it sets. */
export interface FlagValue {
  readonly flag: string
  /** `['model', 'activation']` */
  readonly path: readonly ['dataset' | 'model' | 'training', string]
  readonly value: unknown
}

export interface LocatedRecipe {
  readonly recipe: CheckedRecipe
  /** The registry with every name in the recipe. */
  readonly registry: Registry
  /** URLs of the other packages' modules that the names come from, for threads. */
  readonly modules: readonly string[]
  /** The place where a part was given, such as `recipe.json, model.activation` or `--activation`. */
  locationOf(path: string): string
}

type RawRecipe = Record<string, Record<string, unknown>>

async function readJson(file: string): Promise<unknown> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    const [nearest] = nearestNames(file, SHIPPED_RECIPES)
    throw new FileError(
      {
        what: `The recipe '${file}' could not be read.`,
        received: (error as Error).message,
        fix: `${nearest ? `Did you mean '${nearest}'? Otherwise check` : 'Check'} the path, or use a built-in recipe: ${SHIPPED_RECIPES.join(', ')}.`,
      },
      { cause: error },
    )
  }
  return locateAsync(file, async () => decodeJson(bytes, file))
}

/** A built-in recipe has to become a file before its stages can be changed. */
const whereToChange = (key: string, file: string | undefined): string =>
  file !== undefined && shippedRecipe(file)
    ? `Write the recipe to a file with \`onebit recipe ${file} > recipe.json\`, and change \`${key}\` in its stages.`
    : `Change \`${key}\` in its stages.`

/** Refuses a flag for a setting that every stage of the recipe sets itself. */
function checkEffect({ flag, path: [part, key] }: FlagValue, raw: RawRecipe, file: string | undefined): void {
  const stages = raw.stages as unknown
  if (!Array.isArray(stages) || part === 'dataset') return
  if (!stages.every((stage) => isRecord(stage) && stage[key] !== undefined)) return
  throw new RecipeError({
    what: `'${key}' is set by every stage of the recipe, so '${flag}' would change nothing.`,
    fix: `${whereToChange(key, file)}${key === 'epochs' ? ' For a quick trial use `--limit 300`.' : ''}`,
    location: flag,
  })
}

/** A data set with its own options replaces the one of the recipe. Other flags change one key each. */
function change(part: Record<string, unknown>, key: string, value: unknown): Record<string, unknown> {
  return key === 'name' && isRecord(value) ? { ...value } : { ...part, [key]: value }
}

function withFlags(raw: unknown, flags: readonly FlagValue[], file: string | undefined): unknown {
  if (flags.length === 0) return raw
  if (!isRecord(raw)) throw new UsageError({ what: `Flags cannot change '${file}', because it holds no recipe.` })
  const changed = structuredClone(raw) as RawRecipe
  for (const flag of flags) {
    checkEffect(flag, changed, file)
    const [part, key] = flag.path
    changed[part] = change(isRecord(changed[part]) ? changed[part] : {}, key, flag.value)
  }
  return changed
}

const PARTS = rules.oneOf(['dataset', 'model', 'training'])
const flagRule = rules.object({
  flag: rules.text,
  path: rules.rule(
    "['dataset', 'model' or 'training', key]",
    (value) => Array.isArray(value) && value.length === 2 && !PARTS(value[0]) && !argument.filledText(value[1]),
  ),
})

export interface ReadOptions {
  /** Packages, paths or URLs of modules, beside those that the recipe names. */
  readonly plugins?: readonly string[]
}

/**
 * @param file A path, or the name of a built-in recipe. Without it, the flags change a recipe of defaults.
 * @throws FileError if the file cannot be read; RecipeError with the location of the first mistake; PluginLoadError.
 */
export async function readRecipe(
  file: string | undefined,
  flags: readonly FlagValue[] = [],
  options: ReadOptions = {},
): Promise<LocatedRecipe> {
  checkArguments('readRecipe()', { file: [file, rules.optional(argument.localPath)], flags: [flags, rules.list(flagRule)] })
  const { plugins = [] } = checkOptions('readRecipe()', options, { plugins: argument.names })
  const locationOf = (path: string): string => {
    const isOf = (place: string): boolean => path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
    const flag =
      flags.find(({ path: [part, key] }) => isOf(`${part}.${key}`)) ??
      // `--data NAME:size=0` sets the whole part.
      flags.find(({ path: [part, key], value }) => key === 'name' && isRecord(value) && isOf(part))
    if (flag) return flag.flag
    if (file === undefined) return path
    return path ? `${file}, ${path}` : file
  }
  const raw = withFlags(file === undefined ? DEFAULT_RECIPE : await readJson(shippedRecipe(file) ?? file), flags, file)
  const given = pluginNames(raw, locationOf)
  const ofRecipe = await locateAsync(locationOf('plugins'), () => loadPlugins(given))
  const all = plugins.length === 0 ? ofRecipe : await loadPlugins([...given, ...plugins])
  const registry = defaultRegistry(all.plugins)
  const named = all.names.length > 0 ? { ...(raw as object), plugins: all.names } : raw
  return { recipe: checkRecipe(named, registry, locationOf), registry, modules: all.urls, locationOf }
}

/**
 * Checks a recipe that a program wrote.
 * @param plugins Plugins of other packages that the recipe uses. Names under the recipe's `plugins` are for `readRecipe`, which
 *   loads them.
 * @throws RecipeError with the path of the first mistake.
 */
export function defineRecipe(recipe: Recipe, plugins: PluginList = []): LocatedRecipe {
  const registry = defaultRegistry(plugins)
  const locationOf = (path: string): string => path || 'the recipe'
  return { recipe: checkRecipe(recipe, registry, locationOf), registry, modules: [], locationOf }
}
