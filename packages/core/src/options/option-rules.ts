/**
 * Options declared as data: the rule of an option gives its type, default and range. Checks, command-line flags, help and tables in the
 * docs all come from the same rules.
 */
import { OptionError } from '../errors.ts'
import { checkArgument, checkKeys, checkRecord } from './check-options.ts'
import { describeValue } from './describe-value.ts'
import {
  anything,
  boolean,
  either,
  type Fault,
  list,
  number,
  object,
  oneOf,
  record,
  text,
  type ValueRule,
} from './value-rules.ts'

interface RuleBase {
  /** One line for help and docs: the effect of the option, with its unit. */
  readonly description?: string
  /** If true, the option may be left out and then has no value. An optional rule has no default. */
  readonly optional?: boolean
}

export interface NumberRule extends RuleBase {
  readonly type?: 'number'
  readonly default?: number
  /** The least value. With `exclusive: 'min'` the value must be above it. */
  readonly min?: number
  /** The greatest value. With `exclusive: 'max'` the value must be below it. */
  readonly max?: number
  readonly exclusive?: 'min' | 'max' | 'both'
  readonly integer?: boolean
}

export interface BooleanRule extends RuleBase {
  readonly type?: 'boolean'
  readonly default?: boolean
}

/** One of a few values. */
export interface ChoiceRule extends RuleBase {
  readonly type?: 'choice'
  readonly default?: string | number
  readonly values: readonly (string | number)[]
}

/** Any text that is not empty, such as a path. */
export interface TextRule extends RuleBase {
  readonly type: 'text'
  readonly default?: string
}

/** A list of values of one rule. `length` fixes its length; `minLength` and `maxLength` bound it. */
export interface ListRule extends RuleBase {
  readonly type: 'list'
  readonly of: OptionRule
  readonly default?: readonly unknown[]
  readonly length?: number
  readonly minLength?: number
  readonly maxLength?: number
}

/** A record of options with their own rules. */
export interface RecordRule extends RuleBase {
  readonly type: 'record'
  readonly fields: OptionRules
  readonly default?: Readonly<Record<string, unknown>>
}

/** The first rule that a value satisfies decides: a number, or a list of two. */
export interface UnionRule extends RuleBase {
  readonly type: 'union'
  readonly of: readonly OptionRule[]
  readonly default?: unknown
}

/** A plugin by its name, or `{ name, ...options }`. A registry checks that the name exists. */
export interface ReferenceRule extends RuleBase {
  readonly type: 'reference'
  /** The kind of plugin, or several. */
  readonly kind: string | readonly string[]
  /** Names beside those of plugins, such as `none`. */
  readonly extra?: readonly string[]
  /** The key of a record that holds the name. Default: `name`. */
  readonly key?: string
  readonly default?: string | { readonly name: string }
}

/** The type, default and range of one option. Without `type`, the default implies it: a number, a boolean, or one of `values`. */
export type OptionRule = NumberRule | BooleanRule | ChoiceRule | TextRule | ListRule | RecordRule | UnionRule | ReferenceRule

export type OptionRules = Readonly<Record<string, OptionRule>>

type Widened<Default> = Default extends number
  ? number
  : Default extends boolean
    ? boolean
    : Default extends string
      ? string
      : unknown

/** The type of one option's value. */
export type OptionValue<Rule> = Rule extends { readonly values: readonly (infer Value)[] }
  ? Value
  : Rule extends { readonly type: 'text' }
    ? string
    : Rule extends { readonly type: 'list'; readonly of: infer Item }
      ? readonly OptionValue<Item>[]
      : Rule extends { readonly type: 'record'; readonly fields: infer Fields extends OptionRules }
        ? OptionsOf<Fields>
        : Rule extends { readonly type: 'union'; readonly of: readonly (infer Member)[] }
          ? OptionValue<Member>
          : Rule extends { readonly type: 'reference' }
            ? string | { readonly name: string; readonly [option: string]: unknown }
            : Rule extends { readonly type: 'number' }
              ? number
              : Rule extends { readonly type: 'boolean' }
                ? boolean
                : Rule extends { readonly default: infer Default }
                  ? Widened<Default>
                  : number

type OptionalNames<Rules> = { [Name in keyof Rules]: Rules[Name] extends { readonly optional: true } ? Name : never }[keyof Rules]

/** Options of an unknown plugin. */
export type AnyOptions = Readonly<Record<string, unknown>>

/** The options of a plugin by its rules. Each has its rule's type and is present unless the rule is optional. */
export type OptionsOf<Rules extends OptionRules> = OptionRules extends Rules
  ? AnyOptions
  : { readonly [Name in Exclude<keyof Rules, OptionalNames<Rules>>]: OptionValue<Rules[Name]> } & {
      readonly [Name in OptionalNames<Rules>]?: OptionValue<Rules[Name]>
    }

type RuleType = NonNullable<OptionRule['type']>

function typeOf(rule: OptionRule): RuleType {
  if (rule.type) return rule.type
  if ('values' in rule) return 'choice'
  return typeof rule.default === 'boolean' ? 'boolean' : 'number'
}

const bound = number({ minimum: Number.NEGATIVE_INFINITY, maximum: Number.POSITIVE_INFINITY })

/** The form of rules of each type. */
const FORMS: Readonly<Record<RuleType, ValueRule>> = {
  number: object({}, { min: bound, max: bound, exclusive: oneOf(['min', 'max', 'both']), integer: boolean }),
  boolean: anything,
  choice: object({ values: list(either(text, bound)) }),
  text: anything,
  list: object({ of: optionRule }, { length: bound, minLength: bound, maxLength: bound }),
  record: object({ fields: record(optionRule) }),
  union: object({ of: list(optionRule) }),
  reference: object({ kind: either(text, list(text)) }, { extra: list(text), key: text }),
}

/** Checks a rule, because a plugin may not have been compiled against these types. */
function optionRule(value: unknown): Fault | undefined {
  return object({}, { type: oneOf(Object.keys(FORMS)) })(value) ?? FORMS[typeOf(value as OptionRule)](value)
}

/**
 * The type of a rule's values, for help and command-line flags.
 * @throws OptionError if `rule` is not a rule.
 */
export function ruleType(rule: OptionRule): RuleType {
  checkArgument('ruleType()', 'rule', rule, optionRule)
  return typeOf(rule)
}

/**
 * Describes the accepted values of a rule in words: `an integer of at least 1`, `'a' or 'b'`.
 * @throws OptionError if `rule` is not a rule.
 */
export function describeRule(rule: OptionRule): string {
  switch (ruleType(rule)) {
    case 'choice':
      return (rule as ChoiceRule).values.map((value) => (typeof value === 'string' ? `'${value}'` : `${value}`)).join(' or ')
    case 'boolean':
      return 'true or false'
    case 'text':
      return 'text that is not empty'
    case 'list': {
      const { of, length, minLength, maxLength } = rule as ListRule
      const count = length ?? (minLength !== undefined && maxLength === undefined ? `at least ${minLength}` : undefined)
      return `a list of ${count === undefined ? '' : `${count} `}${maxLength === undefined ? '' : `at most ${maxLength} `}values, each ${describeRule(of)}`
    }
    case 'record':
      return `a record of ${Object.keys((rule as RecordRule).fields).join(', ')}`
    case 'union':
      return (rule as UnionRule).of.map(describeRule).join(', or ')
    case 'reference': {
      const { kind, extra = [], key = 'name' } = rule as ReferenceRule
      const kinds = [kind].flat().join(' or a ')
      return `the name of a ${kinds}${extra.map((name) => `, '${name}'`).join('')}, or { "${key}": ..., and options }`
    }
    default: {
      const { min, max, exclusive, integer } = rule as NumberRule
      const above = exclusive === 'min' || exclusive === 'both'
      const below = exclusive === 'max' || exclusive === 'both'
      const bounds = [
        min !== undefined && (above ? `above ${min}` : `of at least ${min}`),
        max !== undefined && (below ? `below ${max}` : `of at most ${max}`),
      ].filter(Boolean)
      return [integer ? 'an integer' : 'a number', bounds.join(' and ')].filter(Boolean).join(' ')
    }
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The position of a value, and its owner's name in errors. */
interface Place {
  /** The beginning of sentences: `The quantizer 'dorefa'`. */
  readonly title: string
  /** A path such as `levels[2]`. It is empty for the owner itself. */
  readonly path: string
}

function refuse({ title, path }: Place, rule: OptionRule, value: unknown): never {
  throw new OptionError({
    option: path,
    what: `${title} refuses its option '${path}'.`,
    expected: describeRule(rule),
    received: describeValue(value),
  })
}

function inRange({ min, max, exclusive, integer }: NumberRule, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || (integer && !Number.isInteger(value))) return false
  const above = exclusive === 'min' || exclusive === 'both'
  const below = exclusive === 'max' || exclusive === 'both'
  if (min !== undefined && (above ? value <= min : value < min)) return false
  return max === undefined || (below ? value < max : value <= max)
}

function checkList(rule: ListRule, value: unknown, place: Place): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(place, rule, value)
  const { of, length, minLength = length ?? 0, maxLength = length ?? Number.POSITIVE_INFINITY } = rule
  if (value.length < minLength || value.length > maxLength) return refuse(place, rule, value)
  return value.map((item, index) => checkValue(of, item, { ...place, path: `${place.path}[${index}]` }))
}

function checkUnion(rule: UnionRule, value: unknown, place: Place): unknown {
  const alike = rule.of.filter(
    (member) => typeOf(member) === (Array.isArray(value) ? 'list' : isRecord(value) ? 'record' : typeOf(member)),
  )
  // If one candidate has the value's own form, its message helps most.
  if (alike.length === 1) return checkValue(alike[0], value, place)
  for (const member of rule.of) {
    try {
      return checkValue(member, value, place)
    } catch (error) {
      if (!OptionError.isInstance(error)) throw error
    }
  }
  return refuse(place, rule, value)
}

/** The value with its inner defaults filled in. @throws OptionError if it does not satisfy the rule. */
function checkValue(rule: OptionRule, value: unknown, place: Place): unknown {
  switch (typeOf(rule)) {
    case 'choice':
      return (rule as ChoiceRule).values.includes(value as string) ? value : refuse(place, rule, value)
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(place, rule, value)
    case 'text':
      return typeof value === 'string' && value !== '' ? value : refuse(place, rule, value)
    case 'list':
      return checkList(rule as ListRule, value, place)
    case 'record':
      return isRecord(value) ? checkFields((rule as RecordRule).fields, value, place) : refuse(place, rule, value)
    case 'union':
      return checkUnion(rule as UnionRule, value, place)
    case 'reference': {
      // Programs may also pass a plugin itself. A registry checks its kind.
      const { key = 'name' } = rule as ReferenceRule
      const named = typeof value === 'string' ? value : isRecord(value) && ('plugin' in value ? 'plugin' : value[key])
      return typeof named === 'string' && named !== '' ? value : refuse(place, rule, value)
    }
    default:
      return inRange(rule as NumberRule, value) ? value : refuse(place, rule, value)
  }
}

function checkFields(rules: OptionRules, given: AnyOptions, { title, path }: Place): Record<string, unknown> {
  checkKeys(title, given, Object.keys(rules), path)
  const complete: Record<string, unknown> = {}
  for (const [name, rule] of Object.entries(rules)) {
    // Null is a value like any other. JSON can simply leave out an option.
    const value = given[name] === undefined ? rule.default : given[name]
    if (value === undefined && rule.optional) continue
    complete[name] = checkValue(rule, value, { title, path: path ? `${path}.${name}` : name })
  }
  return complete
}

/**
 * Options with their defaults filled in.
 * @param title The owner, for the beginning of sentences: `The quantizer 'dorefa'`.
 * @throws OptionError naming an option that is unknown, missing, of the wrong type or out of range, with its path in `option`; also if a
 * rule is not a rule.
 */
export function fillOptions<const Rules extends OptionRules>(
  title: string,
  rules: Rules,
  given: AnyOptions = {},
): OptionsOf<Rules> {
  checkArgument('fillOptions()', 'title', title, text)
  checkArgument('fillOptions()', 'rules', rules, record(optionRule))
  checkRecord(title, given)
  return checkFields(rules, given, { title, path: '' }) as OptionsOf<Rules>
}
