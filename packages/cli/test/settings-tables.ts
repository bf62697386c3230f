/** The tables of settings in docs/training.md, made from the rules of the command. */
import { describeRule, type OptionRule, type OptionRules, ruleType, type Task } from '@onebit/core'
import { commonRules } from '@onebit/data'
import { STAGE_COMPOSITION } from '@onebit/train'
import { type Row, table } from '../../../test/markdown-table.ts'
import { MODEL_RULES, RUN_RULES, settingsOf, TEACHER_RULES } from '../src/recipe/recipe-rules.ts'
import { defaultRegistry } from '../src/registry.ts'

function defaultOf(rule: OptionRule): string {
  if (rule.default === undefined) return ''
  return typeof rule.default === 'string' ? `\`${rule.default}\`` : JSON.stringify(rule.default)
}

/** The range of a value, if the description does not state it. */
function rangeOf(rule: OptionRule): string {
  const type = ruleType(rule)
  if (type === 'choice' && 'values' in rule) return rule.values.map((value) => `\`${value}\``).join(', ')
  return type === 'number' ? describeRule(rule) : ''
}

const meaningOf = (rule: OptionRule, of?: string): string =>
  [rule.description, rangeOf(rule), of && `task \`${of}\` only`].filter(Boolean).join('; ')

const rowsOf = (rules: OptionRules, of: (name: string) => string | undefined = () => undefined): Row[] =>
  Object.entries(rules).map(([name, rule]) => [`\`${name}\``, defaultOf(rule), meaningOf(rule, of(name))])

const HEAD = ['setting', 'default', 'meaning']

/** Each table by its marker in the page. */
export function settingsTables(): Readonly<Record<string, string>> {
  const registry = defaultRegistry()
  const tasks = registry.list('task') as readonly Task[]
  const settings = Object.fromEntries(tasks.flatMap((task) => Object.entries(settingsOf(task))))
  const taskOf = (name: string): string | undefined => tasks.find((task) => Object.hasOwn(task.settings, name))?.name
  const datasets = registry.list('dataset').flatMap(({ name, options }) => {
    const own = Object.fromEntries(Object.entries(options).filter(([key]) => !Object.hasOwn(commonRules, key)))
    return rowsOf(own).map(([key, ...cells], index) => [index === 0 ? `\`${name}\`` : '', key, ...cells])
  })
  return {
    'data sets': table(['data set', 'option', 'default', 'meaning'], datasets),
    'all data sets': table(['option', 'default', 'meaning'], rowsOf(commonRules)),
    model: table(HEAD, rowsOf(MODEL_RULES)),
    stages: table(HEAD, [...rowsOf(STAGE_COMPOSITION), ...rowsOf(TEACHER_RULES), ...rowsOf(settings, taskOf)]),
    run: table(HEAD, rowsOf(RUN_RULES)),
  }
}
