/** The rules of a recipe's parts, combined from the tables of `@onebit/train` and of the task. */
import { type OptionRule, type OptionRules, ruleType, type Task } from '@onebit/core'
import { commonRules } from '@onebit/data'
import { RUN_SETTINGS, STAGE_COMPOSITION, STAGE_SETTINGS } from '@onebit/train'

/** `task` is filled in from the data set first. */
export const MODEL_RULES = {
  task: { type: 'reference', kind: 'task', description: 'task of the network (default: the task of the data set)' },
  network: { type: 'reference', kind: 'network', description: 'network' },
  block: { type: 'reference', kind: 'block', description: 'block' },
  activation: {
    type: 'reference',
    kind: 'quantizer',
    extra: ['none'],
    default: 'approx-sign',
    description: 'quantizer of activations, or none',
  },
  weight: {
    type: 'reference',
    kind: 'quantizer',
    extra: ['none'],
    default: 'magnitude-aware-sign',
    description: 'quantizer of weights, or none',
  },
  head: { type: 'reference', kind: 'head', optional: true, description: 'replaces the head of the task' },
  twin: {
    type: 'boolean',
    optional: true,
    description: 'the float twin: the same topology with real weights and a ReLU in place of signs',
  },
} as const satisfies OptionRules

/** The description of a recipe. */
export const ABOUT_RULES = {
  title: { type: 'text', description: 'the technique' },
  paper: { type: 'text', description: 'the publication: authors, year, arXiv number' },
  reproduces: { type: 'text', description: 'the result it reproduces: the order of stages, a number in a table' },
  scale: {
    values: ['published', 'mini'],
    default: 'published',
    description: 'as published, or a small version that trains in minutes',
  },
} as const satisfies OptionRules

/** The options with which a stage may use the recipe's data set, if it names no other. */
export const STAGE_DATASET_RULES: OptionRules = givenOnly({ batch: commonRules.batch, augment: commonRules.augment })

/** Only for stages, because a single stage has no earlier one. */
const { teacher, cacheTeacher } = STAGE_SETTINGS
export const TEACHER_RULES = { teacher, cacheTeacher } as const satisfies OptionRules

/** The batch size belongs to the data set, and the engine to the machine. */
const { batchSize: _, engine: __, ...ofRun } = RUN_SETTINGS
export const RUN_RULES = ofRun

/**
 * The settings of a stage: the common ones, with those of the task after the last one about weights. Recipes in files keep this
 * order.
 */
export function settingsOf(task: Task): OptionRules {
  const entries = Object.entries(STAGE_SETTINGS as OptionRules).filter(([name]) => !Object.hasOwn(TEACHER_RULES, name))
  const place = entries.findIndex(([name]) => name === 'weightDecay') + 1
  return Object.fromEntries([...entries.slice(0, place), ...Object.entries(task.settings), ...entries.slice(place)])
}

/** A rule without defaults: missing values stay missing. */
function withoutDefaults(rule: OptionRule): OptionRule {
  const { default: value, ...rest } = rule as OptionRule & { readonly default?: unknown }
  const bare = { ...rest, type: ruleType(rule), ...(value !== undefined && { optional: true }) } as OptionRule
  if (bare.type === 'list') return { ...bare, of: withoutDefaults(bare.of) }
  if (bare.type === 'union') return { ...bare, of: bare.of.map(withoutDefaults) }
  if (bare.type === 'record') return { ...bare, fields: givenOnly(bare.fields) }
  return bare
}

/** Rules that check values and fill in no defaults. */
function givenOnly(rules: OptionRules): OptionRules {
  return Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, withoutDefaults(rule)]))
}

const optional = (rule: OptionRule): OptionRule => ({ ...rule, optional: true }) as OptionRule

/**
 * The rules of `training`: settings without defaults, and the seed.
 * @param alone True if it is the only stage and therefore needs `epochs`.
 */
export function trainingRules(task: Task, alone: boolean): OptionRules {
  const { epochs, ...settings } = givenOnly(settingsOf(task))
  const { seed, ...run } = RUN_RULES
  return { epochs: alone ? epochs : optional(epochs), ...settings, seed, ...givenOnly(run) }
}

export function stageRules(task: Task): OptionRules {
  const { epochs, ...settings } = givenOnly(settingsOf(task))
  return { ...STAGE_COMPOSITION, ...TEACHER_RULES, epochs: optional(epochs), ...settings }
}
