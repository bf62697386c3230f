/** Checks names in a recipe. Each must belong to a plugin in the registry, with options that the plugin takes. */
import {
  type AnyOptions,
  completeOptions,
  nearestNames,
  OptionError,
  type OptionRule,
  type OptionRules,
  type Plugin,
  PluginNotFoundError,
  type ReferenceRule,
  ruleType,
} from '@onebit/core'
import { RecipeError } from '../errors.ts'

export interface ReferenceContext {
  /** The plugins of a kind. Those that win over others of the same name come first. */
  known(kind: string): readonly Plugin[]
  locationOf(path: string): string
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Keys of a loss term that do not belong to the plugin. */
const TERM_KEYS = ['weight', 'taps']

function fail(error: unknown, path: string, { locationOf }: ReferenceContext): never {
  if (!OptionError.isInstance(error) && !PluginNotFoundError.isInstance(error)) throw error
  throw new RecipeError({ ...error.parts, location: locationOf(path) }, { cause: error })
}

/**
 * The plugin of a name, of the first kind that has it.
 * @param path The place of the name.
 * @throws RecipeError with the nearest name.
 */
export function findPlugin(name: string, kinds: readonly string[], path: string, context: ReferenceContext): Plugin {
  const plugins = kinds.flatMap(context.known)
  const found = plugins.find((plugin) => plugin.name === name)
  if (found) return found
  const names = plugins.map((plugin) => plugin.name)
  const [nearest] = nearestNames(name, names)
  const error = new PluginNotFoundError({
    what: `There is no ${kinds.join(' or ')} named '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: names.length > 0 ? `Known: ${names.join(', ')}.` : 'Name a package that brings one with --plugin.',
  })
  return fail(error, path, context)
}

/** The plugin's options with defaults. Augmentations also check their options against each other. */
function optionsOf(plugin: Plugin, given: AnyOptions, path: string, context: ReferenceContext): AnyOptions {
  try {
    const options = completeOptions(plugin, given)
    ;(plugin as { check?: (options: AnyOptions) => void }).check?.(options)
    return options
  } catch (error) {
    const option = OptionError.isInstance(error) && error.option
    return fail(error, option ? `${path}.${option}` : path, context)
  }
}

function checkReference(rule: ReferenceRule, value: unknown, path: string, context: ReferenceContext): void {
  const { kind, extra = [], key = 'name' } = rule
  const kinds = [kind].flat()
  const { [key]: name, ...given } = (isRecord(value) ? value : { [key]: value }) as { readonly [key: string]: unknown }
  if (extra.includes(name as string)) return
  const plugin = findPlugin(name as string, kinds, isRecord(value) ? `${path}.${key}` : path, context)
  const isTerm = plugin.kind === 'loss' || plugin.kind === 'distiller'
  const own = isTerm ? Object.entries(given).filter(([option]) => !TERM_KEYS.includes(option)) : Object.entries(given)
  const options = optionsOf(plugin, Object.fromEntries(own), path, context)
  checkReferences(plugin.options, options, path, context)
}

function checkValue(rule: OptionRule, value: unknown, path: string, context: ReferenceContext): void {
  if (value === undefined) return
  if (rule.type === 'reference') checkReference(rule, value, path, context)
  else if (rule.type === 'list' && Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkValue(rule.of, item, `${path}[${index}]`, context)
  } else if (rule.type === 'record' && isRecord(value)) checkReferences(rule.fields, value, path, context)
  else if (rule.type === 'union') {
    const form = Array.isArray(value) ? 'list' : isRecord(value) ? 'record' : undefined
    for (const member of rule.of) if (form && ruleType(member) === form) checkValue(member, value, path, context)
  }
}

/**
 * Checks the references among options that the same rules have already checked.
 * @param path The place of the options, such as `stages[1]`.
 * @throws RecipeError with the place of the first unknown name or option, and the nearest known one.
 */
export function checkReferences(rules: OptionRules, options: AnyOptions, path: string, context: ReferenceContext): void {
  for (const [name, rule] of Object.entries(rules)) checkValue(rule, options[name], path ? `${path}.${name}` : name, context)
}
