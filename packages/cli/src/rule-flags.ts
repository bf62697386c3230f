/** Command-line flags made of the rules of options: name, help and value. Ranges are the rules' to check. */
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

/** Whether a command line can give such a value: lists and records are for recipes. */
export const hasFlag = (rule: OptionRule): boolean => ruleType(rule) in PLACEHOLDERS || ruleType(rule) === 'boolean'

function numberOr(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** The value of a text that a rule is to check: what is no number stays text, and is refused as such. */
function parse(rule: OptionRule, text: string): unknown {
  const type = ruleType(rule)
  if (type === 'reference' || type === 'union') return parseReference(text)
  return type === 'number' || type === 'choice' ? numberOr(text) : text
}

/** The default as text; of what has none, nothing. */
function defaultOf(rule: OptionRule, fallback: unknown): string {
  const value = fallback ?? rule.default
  if (value === undefined || typeof value === 'boolean' || typeof value === 'object') return ''
  return ` (default: ${value})`
}

export interface RuleFlag {
  /** Without the dashes: `learning-rate`. */
  readonly name: string
  readonly rule: OptionRule
  /** Who has it, behind the description. */
  readonly of?: string
  /** What a command takes where neither flag nor recipe say anything, if not the rule's default. */
  readonly fallback?: unknown
}

/** A flag for a rule. One that is on by default gets `--no-NAME`. */
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
