/** The flags of `onebit train`, made from the tables of settings. Each flag knows its place in a recipe and its help text. */
import { type OptionRule, type Registry, ruleType, type Task } from '@onebit/core'
import { commonRules } from '@onebit/data'
import type { Command, Option } from 'commander'
import type { FlagValue } from '../recipe/read-recipe.ts'
import { DEFAULT_RECIPE } from '../recipe/recipe.ts'
import { MODEL_RULES, RUN_RULES, settingsOf } from '../recipe/recipe-rules.ts'
import { flagOf, hasFlag, kebab } from '../rule-flags.ts'

/** A flag that sets `key` in a part of the recipe. */
interface RecipeFlag {
  readonly title: string
  readonly path: FlagValue['path']
  readonly option: Option
}

/** Names of flags that differ from the names of their options. */
const NAMES: Readonly<Record<string, string>> = { 'dataset.folder': 'data-folder', 'model.twin': 'float' }

type Described = readonly [name: string, rule: OptionRule, of?: string]

/** Help text for an option that several data sets describe differently. */
const HELP: Readonly<Record<string, string>> = {
  folder: 'location of the data set',
  download: 'download it if this machine does not have it: 31 MB for Fashion-MNIST, 170 MB for CIFAR',
}

/**
 * One rule for an option that several data sets share, as far as their rules agree. Undefined if their values have different
 * types.
 */
function shared(key: string, rules: readonly OptionRule[]): OptionRule | undefined {
  const agree = (part: 'default' | 'description'): boolean => new Set(rules.map((rule) => rule[part])).size === 1
  const [first] = rules
  if (rules.some((rule) => ruleType(rule) !== ruleType(first))) return undefined
  // A shared default is shown. If defaults differ, each data set has its own.
  const { default: value, ...rule } = rules.find((entry) => entry.default !== undefined) ?? first
  const isOn = ruleType(first) === 'boolean' || agree('default')
  const description = HELP[key] ?? (agree('description') || ruleType(first) === 'boolean' ? rule.description : undefined)
  return { ...rule, type: ruleType(first), description, ...(isOn && value !== undefined && { default: value }) } as OptionRule
}

/** Options of data sets: first those of all data sets, then those of some, which say to whom they belong. */
function datasetOptions(registry: Registry): Described[] {
  const owners = new Map<string, { rules: OptionRule[]; names: string[] }>()
  for (const { name, options } of registry.list('dataset')) {
    for (const [key, rule] of Object.entries(options)) {
      if (Object.hasOwn(commonRules, key)) continue
      const known = owners.get(key) ?? { rules: [], names: [] }
      owners.set(key, { rules: [...known.rules, rule], names: [...known.names, name] })
    }
  }
  const own = Array.from(owners, ([key, { rules, names }]): Described | undefined => {
    const rule = shared(key, rules)
    return rule && [key, rule, HELP[key] ? undefined : names.join(', ')]
  })
  return [...Object.entries(commonRules), ...own.filter((option) => option !== undefined)]
}

/** Settings of a stage: those for all tasks, and those of each known task. */
function stageSettings(registry: Registry): Described[] {
  const tasks = registry.list('task') as readonly Task[]
  const settings = new Map(tasks.flatMap((task) => Object.entries(settingsOf(task))))
  const ownerOf = (name: string): string | undefined => tasks.find((task) => Object.hasOwn(task.settings, name))?.name
  return [...settings, ...Object.entries(RUN_RULES)].map(([name, rule]) => [name, rule, ownerOf(name)])
}

const FALLBACKS: Readonly<Record<string, unknown>> = {
  'model.network': DEFAULT_RECIPE.model.network,
  'model.block': DEFAULT_RECIPE.model.block,
  'training.epochs': DEFAULT_RECIPE.training.epochs,
}

/** Every flag. If an option of data sets and a setting share a name, the data set's flag begins with `data-`. */
function recipeFlags(registry: Registry): RecipeFlag[] {
  const settings = stageSettings(registry)
  const taken = new Set([...settings.map(([name]) => name), ...Object.keys(MODEL_RULES), 'out', 'engine', 'resume', 'force'])
  const flags = (title: string, part: FlagValue['path'][0], options: readonly Described[]): RecipeFlag[] =>
    options.flatMap(([key, rule, of]) => {
      if (!hasFlag(rule)) return []
      const place = `${part}.${key}`
      const isTaken = part === 'dataset' && (taken.has(key) || rule.type === 'text')
      const name = NAMES[place] ?? (isTaken ? `data-${kebab(key)}` : kebab(key))
      const option = flagOf({ name, rule, of, fallback: FALLBACKS[place] }).helpGroup(title)
      return [{ title, path: [part, key], option }]
    })
  const names = registry.list('dataset').map(({ name }) => name)
  const data = { type: 'reference', kind: 'dataset', description: names.join(', ') } as const
  return [
    {
      title: 'Data:',
      path: ['dataset', 'name'],
      option: flagOf({ name: 'data', rule: data, fallback: DEFAULT_RECIPE.dataset.name }).helpGroup('Data:'),
    },
    ...flags('Data:', 'dataset', datasetOptions(registry)),
    ...flags('Network:', 'model', Object.entries(MODEL_RULES)),
    ...flags('Training:', 'training', settings),
  ]
}

/** Adds the flags to a command. It returns a function that turns the given flags into changes of a recipe. */
export function addRecipeFlags(command: Command, registry: Registry): (given: Readonly<Record<string, unknown>>) => FlagValue[] {
  const flags = recipeFlags(registry)
  for (const { option } of flags) command.addOption(option)
  return (given) =>
    flags.flatMap(({ option, path }): FlagValue[] => {
      const value = given[option.attributeName()]
      return value === undefined ? [] : [{ flag: option.long!, path, value }]
    })
}
