/** The plan of a run, resolved and checked: every default filled in, every plugin found, every stage complete. */
import { type AnyOptions, fillOptions, nearestNames, OptionError, type Registry, type Task } from '@onebit/core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { type ResolvedTerm, resolveTerms } from './losses/loss-terms.ts'
import { createOptimizer, type ResolvedOptimizer, resolveOptimizer } from './optimizers/create-optimizer.ts'
import type { OptimizerReference } from './optimizers/optimizer-plugin.ts'
import { withTrainingPlugins } from './plugins/index.ts'
import { type Schedule, scheduleFactor } from './schedule.ts'
import { RUN_SETTINGS, STAGE_COMPOSITION, STAGE_SETTINGS } from './settings.ts'
import type { Stage, StageComposition, StageOptions, StageSettings } from './stage.ts'

/** A stage with its defaults filled in. */
export interface ResolvedStage extends StageComposition {
  readonly name: string
  /** The name of an earlier stage, or `scratch`. */
  readonly from: string
  readonly epochs: number
  readonly optimizer: ResolvedOptimizer
  readonly learningRate: number
  readonly schedule: Schedule
  readonly warmUp: number
  readonly weightDecay: number
  readonly mixUp: number
  readonly clipNorm: number
  readonly average: number
  readonly reestimateBatchNorm: number
  readonly losses: readonly ResolvedTerm[]
  readonly teacher?: 'previous' | LayersModel
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

/** Splits a stage's settings into those that all stages have and those of the task. */
function split(task: Task, all: AnyOptions): { common: AnyOptions; settings: AnyOptions } {
  const isOwn = (key: string): boolean => key in task.settings
  const entries = Object.entries(all)
  return {
    common: Object.fromEntries(entries.filter(([key]) => !isOwn(key))),
    settings: Object.fromEntries(entries.filter(([key]) => isOwn(key))),
  }
}

/** Checks a stage against the rules, which state defaults and ranges. A teacher may be a model, which only a program can pass. */
function checked(title: string, task: Task, { teacher, ...stage }: AnyOptions): AnyOptions {
  const rules = { ...STAGE_COMPOSITION, ...STAGE_SETTINGS, ...task.settings }
  const isModel = typeof teacher === 'object' && teacher !== null
  const complete = fillOptions(title, rules, isModel || teacher === undefined ? stage : { ...stage, teacher })
  return isModel ? { ...complete, teacher } : complete
}

interface Earlier {
  readonly names: readonly string[]
  readonly count: number
  readonly index: number
}

function resolveStage(stage: Stage, task: Task, registry: Registry, { names, count, index }: Earlier): ResolvedStage {
  const name = stage.name ?? (count === 1 ? 'training' : `stage ${index + 1}`)
  const title = titleOf(name, count)
  if (names.includes(name) || name === 'previous' || name === 'scratch') {
    refuse(title, 'name', "a name of its own, not 'previous' or 'scratch'", name)
  }
  const { common, settings } = split(task, checked(title, task, { ...stage } as AnyOptions))
  const given = common as unknown as Required<Omit<Stage, keyof StageComposition>> & StageComposition
  const from = given.from === 'previous' || given.from === undefined ? (names.at(-1) ?? 'scratch') : given.from
  if (from !== 'scratch' && !names.includes(from)) refuse(title, 'from', ['scratch', 'previous', ...names].join(', '), from)
  if (given.teacher === 'previous' && names.length === 0)
    refuse(title, 'teacher', 'a model: no stage is before this one', 'previous')
  if (given.warmUp >= given.epochs) refuse(title, 'warmUp', `less than the ${given.epochs} epochs of the stage`, given.warmUp)
  if (given.mixUp > 0 && !task.blends) {
    refuse(title, 'mixUp', `0: targets of the task '${task.name}' cannot be blended`, given.mixUp, 'Leave out mixUp.')
  }
  scheduleFactor(given.schedule, 0, given.epochs)
  const optimizer = resolveOptimizer(given.optimizer as OptimizerReference, registry)
  createOptimizer(optimizer, given.weightDecay).dispose()
  const hasTeacher = given.teacher !== undefined
  const losses = resolveTerms(given.losses ?? task.defaultLosses, { task, registry, hasTeacher, title })
  return { ...given, name, from, optimizer, losses, settings }
}

/** Options that belong to the run, not to its stages. */
const RUN_KEYS = [
  ...Object.keys(RUN_SETTINGS),
  ...['data', 'task', 'registry', 'stages', 'compose', 'initialize', 'out', 'resume', 'overwrite', 'checkpoint', 'progress'],
  ...['onEvent', 'signal', 'recipe'],
]

/** The settings beside `stages`. @throws OptionError on an unknown key. */
function defaultsOf(options: PlanOptions, task: Task): Partial<StageSettings> {
  const known = [...RUN_KEYS, ...Object.keys(STAGE_SETTINGS), ...Object.keys(STAGE_COMPOSITION), ...Object.keys(task.settings)]
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
  const { task, stages } = options
  const { batchSize, seed } = fillOptions('Training', RUN_SETTINGS, { batchSize: options.batchSize, seed: options.seed })
  const registry = withTrainingPlugins(options.registry)
  const defaults = defaultsOf(options, task)
  if (stages?.length === 0) refuse('Training', 'stages', 'at least one', 'none')
  const given = stages ?? [{}]
  const names: string[] = []
  const resolved = given.map((stage, index) => {
    const merged = Object.fromEntries(Object.entries({ ...defaults, ...stage }).filter(([, value]) => value !== undefined))
    const complete = resolveStage(merged as unknown as Stage, task, registry, { names: [...names], count: given.length, index })
    names.push(complete.name)
    return complete
  })
  return { task, stages: resolved, batchSize, seed }
}
