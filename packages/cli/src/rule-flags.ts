/** Makes command-line flags from the rules of options: name, help and value. The rules check ranges later. */
import { type OptionRule, ruleType } from '@onebit/core'
import { Option } from 'commander'
import { parseReference } from './references.ts'

/** `learningRate` as `learning-rate`. */
export const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  number: ' <number>',
  text: ' <path>',
  choice: ' <value>',
  reference: ' <name>',
  union: ' <value>',
}

/** True if a command line can give such a value. Lists and records are only for recipes. */
export const hasFlag = (rule: OptionRule): boolean => ruleType(rule) in PLACEHOLDERS || ruleType(rule) === 'boolean'

function numberOr(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** The value of a text, for a rule to check. Text that is not a number stays text, and the rule refuses it. */
function parse(rule: OptionRule, text: string): unknown {
  const type = ruleType(rule)
  if (type === 'reference' || type === 'union') return parseReference(text)
  return type === 'number' || type === 'choice' ? numberOr(text) : text
}

/** The default as text, or empty if there is none. */
function defaultOf(rule: OptionRule, fallback: unknown): string {
  const value = fallback ?? rule.default
  if (value === undefined || typeof value === 'boolean' || typeof value === 'object') return ''
  return ` (default: ${value})`
}

export interface RuleFlag {
  /** Without the dashes: `learning-rate`. */
  readonly name: string
  readonly rule: OptionRule
  /** The owner of the option, shown after the description. */
  readonly of?: string
  /** The value without flag and recipe, if it differs from the rule's default. */
  readonly fallback?: unknown
}

/** A flag for a rule. A flag that is on by default becomes `--no-NAME`. */
export function flagOf({ name, rule, of, fallback }: RuleFlag): Option {
  const owner = of && (rule.description ? ` (${of})` : `of ${of}`)
  const description = [rule.description, owner, defaultOf(rule, fallback)].filter(Boolean).join('')
  if (ruleType(rule) === 'boolean') {
    const isOn = rule.default === true
    return new Option(isOn ? `--no-${name}` : `--${name}`, isOn ? `do not ${description}` : description)
  }
  const choices = 'values' in rule ? ` [${rule.values.join(', ')}]` : ''
  const option = new Option(`--${name}${PLACEHOLDERS[ruleType(rule)]}`, `${description}${choices}`)
  return option.argParser((text: string) => parse(rule, text))
}
