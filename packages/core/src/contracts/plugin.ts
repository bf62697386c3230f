/** The common parts of every plugin: a kind, a name, options with rules, and the publication of the technique. */
import { InvalidPluginError } from '../errors.ts'
import { checkArgument } from '../options/check-options.ts'
import { describeValue } from '../options/describe-value.ts'
import { type AnyOptions, fillOptions, type OptionRules } from '../options/option-rules.ts'
import { anything, callback, list, object, record, text } from '../options/value-rules.ts'

export interface Paper {
  readonly title: string
  readonly authors: string
  readonly year: number
  /** arXiv identifier, without the `arXiv:`. */
  readonly arxiv?: string
}

export interface Plugin {
  readonly kind: string
  /** Kebab-case, unique in its kind. */
  readonly name: string
  /** The npm package that exports it. Its default export lists the plugin. */
  readonly package?: string
  readonly paper?: Paper
  readonly options: OptionRules
}

/** Fields that the definition of every plugin may have. */
export interface PluginDefinition<Rules extends OptionRules = OptionRules> {
  readonly name: string
  readonly package?: string
  readonly paper?: Paper
  readonly options?: Rules
}

/**
 * @param functions Names of the functions that a definition of the kind must have.
 * @throws InvalidPluginError if `definition` is not an object, the name is not kebab-case, or a function is missing.
 */
export function checkDefinition(kind: string, definition: unknown, functions: readonly string[]): void {
  const required = Object.fromEntries(functions.map((name) => [name, callback]))
  const options = record(record(anything))
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

/**
 * Makes a frozen plugin of a definition.
 * @param functions Names of the functions that a definition of the kind must have.
 * @throws InvalidPluginError as `checkDefinition` does; OptionError if `kind` is not text or `functions` is not a list of names.
 */
export function makePlugin<Erased extends Plugin>(
  kind: Erased['kind'],
  definition: PluginDefinition,
  functions: readonly string[] = [],
): Erased {
  checkArgument('makePlugin()', 'kind', kind, text)
  checkArgument('makePlugin()', 'functions', functions, list(text))
  checkDefinition(kind, definition, functions)
  return Object.freeze({ ...definition, kind, options: definition.options ?? {} }) as Plugin as Erased
}

/** A plugin with its options. */
export interface Configured<P extends Plugin> {
  readonly plugin: P
  readonly options: AnyOptions
}

/**
 * A reference to a plugin: its name, a record of its name and options, or the object itself. `Names` maps known names to their options.
 * Packages augment it, so names and options complete in an editor, and a wrong one does not compile.
 */
export type ReferenceTo<Names, P extends Plugin> =
  | P
  | Configured<P>
  | (keyof Names & string)
  | { [Name in keyof Names & string]: { readonly name: Name } & Partial<Names[Name]> }[keyof Names & string]

/**
 * The options of a plugin with the defaults filled in.
 * @throws OptionError naming the plugin and the option that is unknown, of the wrong type or out of range.
 */
export function completeOptions(plugin: Plugin, given: AnyOptions = {}): AnyOptions {
  checkArgument('completeOptions()', 'plugin', plugin, object({ kind: text, name: text, options: record(record(anything)) }))
  return fillOptions(`The ${plugin.kind} '${plugin.name}'`, plugin.options, given)
}
