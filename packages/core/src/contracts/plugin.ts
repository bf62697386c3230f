/** What every plugin has in common: a kind, a name, options with rules, and where the technique was published. */
import { InvalidPluginError, OptionError } from '../errors.ts'
import { checkArgument, checkKeys } from '../options/check-options.ts'
import { anything, callback, object, record, text } from '../options/value-rules.ts'
import { describeValue } from './describe-value.ts'

export interface Paper {
  readonly title: string
  readonly authors: string
  readonly year: number
  /** arXiv identifier, without the `arXiv:`. */
  readonly arxiv?: string
}

/** The type, default and range of one option. */
export type OptionRule =
  | {
      readonly default: number
      readonly min?: number
      readonly max?: number
      readonly integer?: boolean
      readonly description?: string
    }
  | { readonly default: boolean; readonly description?: string }
  | { readonly default: string; readonly values: readonly string[]; readonly description?: string }

export type OptionRules = Readonly<Record<string, OptionRule>>

/** The options a plugin sees, given its rules: every one present, each of its default's type. */
export type OptionsOf<Rules extends OptionRules> = {
  readonly [Name in keyof Rules]: Rules[Name]['default'] extends number
    ? number
    : Rules[Name]['default'] extends boolean
      ? boolean
      : Rules[Name] extends { readonly values: readonly (infer Value)[] }
        ? Value
        : string
}

/** Any plugin's options, when the plugin itself is not known. */
export type AnyOptions = Readonly<Record<string, number | boolean | string>>

export interface Plugin {
  readonly kind: string
  /** Kebab-case, unique in its kind. */
  readonly name: string
  /** The npm package that brings it. */
  readonly package?: string
  readonly paper?: Paper
  readonly options: OptionRules
}

/**
 * @param functions Names of those that a definition of the kind must have.
 * @throws InvalidPluginError on what is no definition, a name that is not kebab-case, or a missing function.
 */
export function checkDefinition(kind: string, definition: unknown, functions: readonly string[]): void {
  const required = Object.fromEntries(functions.map((name) => [name, callback]))
  const options = record(object({ default: anything }))
  const fault = object({ ...required, name: text }, { options })(definition)
  if (fault) {
    const { at, expected, received } = fault
    throw new InvalidPluginError({ what: `The definition of a ${kind} has no proper '${at || 'parts'}'.`, expected, received })
  }
  checkPluginName(kind, (definition as { name: string }).name)
}

/** @throws InvalidPluginError if a plugin's name is not kebab-case. */
export function checkPluginName(kind: string, name: string): void {
  if (typeof name === 'string' && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return
  throw new InvalidPluginError({
    what: `The ${kind} ${typeof name === 'string' ? `'${name}'` : describeValue(name)} has a bad name.`,
    expected: 'kebab-case',
    fix: 'Use lower-case words and digits joined by hyphens.',
  })
}

/** A plugin with its options decided. */
export interface Configured<P extends Plugin> {
  readonly plugin: P
  readonly options: AnyOptions
}

function describeRule(rule: OptionRule): string {
  if ('values' in rule) return rule.values.map((value) => `'${value}'`).join(' or ')
  if (typeof rule.default === 'boolean') return 'true or false'
  const { min, max, integer } = rule as Extract<OptionRule, { default: number }>
  const bounds = [min !== undefined && `of at least ${min}`, max !== undefined && `of at most ${max}`]
    .filter(Boolean)
    .join(' and ')
  return [integer ? 'an integer' : 'a number', bounds].filter(Boolean).join(' ')
}

function satisfies(rule: OptionRule, value: unknown): boolean {
  if ('values' in rule) return rule.values.includes(value as string)
  if (typeof rule.default === 'boolean') return typeof value === 'boolean'
  const {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    integer,
  } = rule as Extract<OptionRule, { default: number }>
  return Number.isFinite(value) && (value as number) >= min && (value as number) <= max && (!integer || Number.isInteger(value))
}

/**
 * The options of a plugin with the defaults filled in.
 * @throws OptionError naming the plugin and the option that is unknown, of the wrong type or out of range.
 */
export function completeOptions(plugin: Plugin, given: Readonly<Record<string, unknown>> = {}): AnyOptions {
  checkArgument(
    'completeOptions()',
    'plugin',
    plugin,
    object({ kind: text, name: text, options: record(object({ default: anything })) }),
  )
  checkArgument('completeOptions()', 'given', given, record(anything))
  const title = `The ${plugin.kind} '${plugin.name}'`
  checkKeys(title, given, Object.keys(plugin.options))
  const complete: Record<string, number | boolean | string> = {}
  for (const [name, rule] of Object.entries(plugin.options)) {
    const value = given[name] ?? rule.default
    if (!satisfies(rule, value)) {
      throw new OptionError({
        what: `${title} refuses its option '${name}'.`,
        expected: describeRule(rule),
        received: describeValue(value),
      })
    }
    complete[name] = value as number | boolean | string
  }
  return complete
}
