/** What a run does, resolved and checked: every default filled in, every stage complete. */
import { OptionError } from '@onebit/core'
import { checkLosses, type LossTerm } from './losses.ts'
import { createOptimizer, type OptimizerReference } from './optimizers/create-optimizer.ts'
import { type Schedule, scheduleFactor } from './schedule.ts'
import type { Stage, StageOptions, StageSettings } from './stage.ts'

/** A stage with its defaults filled in. */
export interface ResolvedStage extends Stage {
  readonly name: string
  readonly optimizer: OptimizerReference
  readonly learningRate: number
  readonly schedule: Schedule
  readonly warmUp: number
  readonly weightDecay: number
  readonly labelSmoothing: number
  readonly mixUp: number
  readonly clipNorm: number
  readonly average: number
  readonly reestimateBatchNorm: number
  readonly losses: readonly LossTerm[]
  /** The name of an earlier stage, or `scratch`. */
  readonly from: string
}

export interface Plan {
  readonly stages: readonly ResolvedStage[]
  readonly batchSize: number
  readonly seed: number
}

const BINARY = ['none', 'activations', 'weights', 'both']

function refuse(where: string, what: string, expected: string, received: unknown): never {
  throw new OptionError({ what: `Bad ${what}${where}.`, expected, received: `${received}` })
}

function requireNumber(
  where: string,
  what: string,
  value: number,
  low: number,
  high: number,
  open: 'low' | 'high' | 'none',
): void {
  const valid =
    open === 'low' ? value > low && value <= high : open === 'high' ? value >= low && value < high : value >= low && value <= high
  if (valid && Number.isFinite(value)) return
  const expected = `a number ${open === 'low' ? 'above' : 'from'} ${low}${Number.isFinite(high) ? ` to ${open === 'high' ? 'below ' : ''}${high}` : ''}`
  refuse(where, what, expected, value)
}

function resolveStage(stage: Stage, index: number, count: number, earlier: readonly string[]): ResolvedStage {
  const name = stage.name ?? (count === 1 ? 'training' : `stage ${index + 1}`)
  const where = count === 1 ? '' : ` in stage '${name}'`
  const resolved: ResolvedStage = {
    ...stage,
    name,
    optimizer: stage.optimizer ?? 'adam',
    learningRate: stage.learningRate ?? 0.002,
    schedule: stage.schedule ?? 'linear',
    warmUp: stage.warmUp ?? 0,
    weightDecay: stage.weightDecay ?? 0,
    labelSmoothing: stage.labelSmoothing ?? 0,
    mixUp: stage.mixUp ?? 0,
    clipNorm: stage.clipNorm ?? 0,
    average: stage.average ?? 0,
    reestimateBatchNorm: stage.reestimateBatchNorm ?? 0,
    losses: stage.losses ?? ['cross-entropy'],
    from: stage.from === 'previous' || stage.from === undefined ? (earlier.at(-1) ?? 'scratch') : stage.from,
  }
  const { epochs, binary, warmUp, from } = resolved
  if (!Number.isInteger(epochs) || epochs < 1) refuse(where, 'number of epochs', 'an integer of at least 1', epochs)
  if (binary !== undefined && !BINARY.includes(binary)) refuse(where, "'binary'", BINARY.join(', '), binary)
  requireNumber(where, 'learning rate', resolved.learningRate, 0, Number.POSITIVE_INFINITY, 'low')
  requireNumber(where, 'warm-up', warmUp, 0, epochs, 'high')
  requireNumber(where, 'weight decay', resolved.weightDecay, 0, Number.POSITIVE_INFINITY, 'none')
  requireNumber(where, 'label smoothing', resolved.labelSmoothing, 0, 1, 'high')
  requireNumber(where, 'mix-up', resolved.mixUp, 0, 1, 'none')
  requireNumber(where, 'gradient norm', resolved.clipNorm, 0, Number.POSITIVE_INFINITY, 'none')
  requireNumber(where, 'decay of the average', resolved.average, 0, 1, 'high')
  const batches = resolved.reestimateBatchNorm
  if (!Number.isInteger(batches) || batches < 0)
    refuse(where, 'number of batches for BatchNorm', 'an integer of at least 0', batches)
  checkLosses(resolved.losses, stage.teacher !== undefined, where)
  if (stage.teacher === 'previous' && earlier.length === 0)
    refuse(where, 'teacher', 'a model: no stage is before this one', 'previous')
  if (earlier.includes(name) || name === 'previous' || name === 'scratch') {
    refuse(where, "'name'", "a name of its own, not 'previous' or 'scratch'", name)
  }
  if (from !== 'scratch' && !earlier.includes(from)) {
    refuse(where, "'from'", ['scratch', 'previous', ...earlier].join(', '), from)
  }
  scheduleFactor(resolved.schedule, 0, epochs)
  createOptimizer(resolved.optimizer, resolved.weightDecay).dispose()
  return resolved
}

export interface PlanOptions extends Partial<StageSettings> {
  readonly stages?: readonly StageOptions[]
  readonly batchSize?: number
  readonly seed?: number
}

const SETTINGS = [
  'epochs',
  'optimizer',
  'learningRate',
  'schedule',
  'warmUp',
  'weightDecay',
  'labelSmoothing',
  'mixUp',
  'clipNorm',
  'average',
  'reestimateBatchNorm',
  'losses',
  'teacher',
] as const satisfies readonly (keyof StageSettings)[]

/** The settings among options that have more: data, signal, listeners. */
function settingsOf(options: Partial<StageSettings>): Partial<StageSettings> {
  return Object.fromEntries(SETTINGS.filter((key) => options[key] !== undefined).map((key) => [key, options[key]]))
}

/**
 * Settings beside `stages` are defaults of all of them; without `stages` they are the only one.
 * @throws OptionError on the first bad option, naming its stage.
 */
export function makePlan(options: PlanOptions): Plan {
  const { stages, batchSize = 64, seed = 0 } = options
  const defaults = settingsOf(options)
  if (!Number.isInteger(batchSize) || batchSize < 1) refuse('', 'batch size', 'an integer of at least 1', batchSize)
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) refuse('', 'seed', 'an integer from 0 to 4294967295', seed)
  if (stages?.length === 0) refuse('', 'stages', 'at least one', 'none')
  const given = stages ?? [{}]
  const names: string[] = []
  const resolved = given.map((stage, index) => {
    const complete = resolveStage({ ...defaults, ...stage } as Stage, index, given.length, names)
    names.push(complete.name)
    return complete
  })
  return { stages: resolved, batchSize, seed }
}
