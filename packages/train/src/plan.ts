/** The plan of a run, resolved and checked: every default filled in, every plugin found, every stage complete. */
import {
  type AnyOptions,
  checkOption,
  checkOptionValues,
  checkRecord,
  fillOptions,
  nearestNames,
  OptionError,
  type Registry,
  rules,
  type Task,
  type TeacherCache,
} from '@onebit/core'
import { filledText, RUN_OPTIONS, registry, task as taskRule } from './argument-rules.ts'
import { type ResolvedTerm, resolveTerms } from './losses/loss-terms.ts'
import { checkInitial, type InitialGroup } from './model/initial-values.ts'
import type { TrainedChoice } from './model/trained-weights.ts'
import { createOptimizer, resolveOptimizer } from './optimizers/create-optimizer.ts'
import type { OptimizerReference } from './optimizers/optimizer-plugin.ts'
import { type GroupDefaults, type GroupedStage, type ParameterGroup, resolveGroup } from './optimizers/parameter-groups.ts'
import { withTrainingPlugins } from './plugins/index.ts'
import { scheduleFactor } from './schedule.ts'
import { RUN_SETTINGS, STAGE_COMPOSITION, STAGE_DATA, STAGE_SETTINGS } from './settings.ts'
import type { Stage, StageComposition, StageData, StageOptions, StageSettings } from './stage.ts'
import { type ResolvedTeacher, resolveTeacher } from './teacher/teacher-reference.ts'

/** A stage with its defaults filled in. */
export interface ResolvedStage extends StageComposition, StageData, GroupedStage, TrainedChoice {
  readonly name: string
  /** The name of an earlier stage, or `scratch`. */
  readonly from: string
  readonly initial: readonly InitialGroup[]
  readonly keepMagnitude?: boolean
  readonly mixUp: number
  readonly clipNorm: number
  readonly average: number
  readonly reestimateBatchNorm: number
  readonly losses: readonly ResolvedTerm[]
  readonly teacher?: ResolvedTeacher
  readonly cacheTeacher?: TeacherCache
  readonly patience: number
  readonly keep: 'last' | 'best'
  /** Settings that only this task has. */
  readonly settings: AnyOptions
}

export interface Plan {
  readonly task: Task
  readonly stages: readonly ResolvedStage[]
  readonly batchSize: number
  readonly seed: number
}

export interface PlanOptions extends Partial<StageSettings> {
  readonly task: Task
  /**
   * Registry in which optimizers, losses and distillers are looked up before the built-in ones. Default: only the built-in ones.
   */
  readonly registry?: Registry
  readonly stages?: readonly StageOptions[]
  readonly batchSize?: number
  readonly seed?: number
}

/** The beginning of error sentences: `Training` for a single stage without a name, else `Stage 'x'`. */
const titleOf = (name: string, count: number): string => (count === 1 && name === 'training' ? 'Training' : `Stage '${name}'`)

function refuse(title: string, option: string, expected: string, received: unknown, fix?: string): never {
  throw new OptionError({ option, what: `${title} refuses its option '${option}'.`, expected, received: `${received}`, fix })
}

/** Runs `action`, and puts `path` in front of the option that it refuses. */
function within<Result>(path: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    if (!OptionError.isInstance(error)) throw error
    throw new OptionError({ ...error.parts, option: error.option ? `${path}.${error.option}` : path }, { cause: error })
  }
}

/** Splits a stage's settings into those that all stages have and those of the task. */
function split(task: Task, all: AnyOptions): { common: AnyOptions; settings: AnyOptions } {
  const isOwn = (key: string): boolean => key in task.settings
  const entries = Object.entries(all)
  return {
    common: Object.fromEntries(entries.filter(([key]) => !isOwn(key))),
    settings: Object.fromEntries(entries.filter(([key]) => isOwn(key))),
  }
}

/**
 * Checks a stage against the rules, which state defaults and ranges. Only a program can pass a teacher, its cache, and pictures.
 */
function checked(title: string, task: Task, { teacher, cacheTeacher, data, ...stage }: AnyOptions): AnyOptions {
  const { teacher: _, cacheTeacher: __, ...settings } = STAGE_SETTINGS
  const complete = fillOptions(title, { ...STAGE_COMPOSITION, ...STAGE_DATA, ...settings, ...task.settings }, stage)
  if (cacheTeacher !== undefined) {
    checkOption(title, 'cacheTeacher', cacheTeacher, rules.object({ open: rules.callback }))
    if (teacher === undefined) refuse(title, 'cacheTeacher', "a 'teacher' beside it", 'none')
  }
  return {
    ...complete,
    ...(teacher !== undefined && { teacher }),
    ...(cacheTeacher !== undefined && { cacheTeacher }),
    ...(data !== undefined && { data }),
  }
}

interface Earlier {
  readonly names: readonly string[]
  readonly count: number
  readonly index: number
}

function resolveStage(stage: Stage, task: Task, registry: Registry, { names, count, index }: Earlier): ResolvedStage {
  if (stage.name !== undefined) checkOption(`Stage ${index + 1}`, 'name', stage.name, filledText)
  const name = stage.name ?? (count === 1 ? 'training' : `stage ${index + 1}`)
  const title = titleOf(name, count)
  if (names.includes(name) || name === 'previous' || name === 'scratch') {
    refuse(title, 'name', "a name of its own, not 'previous' or 'scratch'", name)
  }
  const { common, settings } = split(task, checked(title, task, { ...stage } as AnyOptions))
  const given = common as unknown as Required<Omit<Stage, keyof StageComposition>> & StageComposition
  const from = given.from === 'previous' || given.from === undefined ? (names.at(-1) ?? 'scratch') : given.from
  if (from === 'scratch' && given.keepMagnitude) {
    refuse(title, 'keepMagnitude', 'an earlier stage from which the stage begins', "'scratch'", "Set 'from', or leave it out.")
  }
  if (from !== 'scratch' && !names.includes(from)) refuse(title, 'from', ['scratch', 'previous', ...names].join(', '), from)
  const teacher = given.teacher === undefined ? undefined : resolveTeacher(given.teacher, names, title)
  if (given.warmUp >= given.epochs) refuse(title, 'warmUp', `less than the ${given.epochs} epochs of the stage`, given.warmUp)
  if (given.mixUp > 0 && !task.blends) {
    refuse(title, 'mixUp', `0: targets of the task '${task.name}' cannot be blended`, given.mixUp, 'Leave out mixUp.')
  }
  const optimizer = resolveOptimizer(given.optimizer as OptimizerReference, registry)
  const { initial = [] } = given as { initial?: readonly InitialGroup[] }
  checkInitial(initial)
  const groups = resolveGroups(given.groups ?? [], { ...given, optimizer }, title, registry)
  const hasTeacher = teacher !== undefined
  const losses = resolveTerms(given.losses ?? task.defaultLosses, { task, registry, hasTeacher, title })
  return { ...given, name, from, optimizer, groups, initial, losses, settings, teacher }
}

/** Resolves the groups of a stage. Creates their optimizers and its own once, to check them. */
function resolveGroups(
  given: readonly ParameterGroup[],
  stage: Omit<GroupedStage, 'groups'>,
  title: string,
  registry: Registry,
): GroupedStage['groups'] {
  const tryOut = ({ schedule, optimizer, weightDecay }: GroupDefaults): void => {
    scheduleFactor(schedule, 0, stage.epochs)
    within('optimizer', () => createOptimizer(optimizer, weightDecay).dispose())
  }
  tryOut(stage)
  return given.map((group, index) => {
    const path = `groups[${index}]`
    return within(path, () => {
      const resolved = resolveGroup(group, stage, registry)
      tryOut(resolved)
      if (resolved.warmUp < stage.epochs) return resolved
      return refuse(title, 'warmUp', `less than the ${stage.epochs} epochs of the stage`, resolved.warmUp)
    })
  })
}

/** Options that belong to the run, not to its stages. */
const RUN_KEYS = [...Object.keys(RUN_SETTINGS), ...Object.keys(RUN_OPTIONS), 'stages', 'compose']

/** The settings beside `stages`. @throws OptionError on an unknown key. */
function defaultsOf(options: PlanOptions, task: Task): Partial<StageSettings> {
  const known = [...RUN_KEYS, ...[STAGE_SETTINGS, STAGE_COMPOSITION, STAGE_DATA, task.settings].flatMap(Object.keys)]
  const entries = Object.entries(options).filter(([key, value]) => !RUN_KEYS.includes(key) && value !== undefined)
  for (const [key] of entries) {
    if (known.includes(key)) continue
    const [nearest] = nearestNames(key, known)
    throw new OptionError({
      option: key,
      what: `Training has no option '${key}'.`,
      expected: `options of the run, of its stages or of the task '${task.name}'`,
      fix: nearest && `Did you mean '${nearest}'?`,
    })
  }
  return Object.fromEntries(entries)
}

/**
 * Settings beside `stages` are the defaults of all stages. Without `stages`, they describe the only stage.
 * @throws OptionError on the first bad option, with the name of its stage; PluginNotFoundError on an unknown optimizer or loss.
 */
export function makePlan(options: PlanOptions): Plan {
  checkRecord('makePlan()', options)
  checkOptionValues('Training', options, { task: taskRule, registry, stages: rules.list(rules.record(rules.anything)) }, ['task'])
  const { task, stages } = options
  const { batchSize, seed } = fillOptions('Training', RUN_SETTINGS, { batchSize: options.batchSize, seed: options.seed })
  const plugins = withTrainingPlugins(options.registry)
  const defaults = defaultsOf(options, task)
  if (stages?.length === 0) refuse('Training', 'stages', 'at least one', 'none')
  const given = stages ?? [{}]
  const names: string[] = []
  const resolved = given.map((stage, index) => {
    const merged = Object.fromEntries(Object.entries({ ...defaults, ...stage }).filter(([, value]) => value !== undefined))
    const complete = resolveStage(merged as unknown as Stage, task, plugins, { names: [...names], count: given.length, index })
    names.push(complete.name)
    return complete
  })
  return { task, stages: resolved, batchSize, seed }
}
