/**
 * Learning-rate schedules. A schedule maps the finished share of training to a factor of the base rate. A linear warm-up may come
 * before it.
 */
import { checkArguments, describeValue, OptionError, type OptionRule, rules } from '@onebit/core'

/** Multiplies the rate by `factor` at each of the listed epochs. */
export interface StepSchedule {
  readonly name: 'steps'
  /** Epochs, ascending, counted from the beginning of the stage. */
  readonly at: readonly number[]
  /** Above 0, at most 1. @default 0.1 */
  readonly factor?: number
}

/** A decline that ends above 0: `linear` and `cosine` in their shape, `exponential` by the same factor in every epoch. */
export interface FallingSchedule {
  readonly name: 'linear' | 'cosine' | 'exponential'
  /** The share of the rate at the end of the stage: from 0 to 1, above 0 for `exponential`. */
  readonly to: number
}

/** As names, `linear` and `cosine` fall to 0; the former as in Bi-Real Net's released code. */
export type Schedule = 'constant' | 'linear' | 'cosine' | StepSchedule | FallingSchedule

/** Its form in a recipe, without `default` and `description`, which depend on the setting. */
export const SCHEDULE_RULE = {
  type: 'union',
  of: [
    { type: 'choice', values: ['constant', 'linear', 'cosine'] },
    {
      type: 'record',
      fields: {
        name: { type: 'choice', values: ['steps'] },
        at: { type: 'list', of: { type: 'number', min: 0, exclusive: 'min' }, minLength: 1, description: 'epochs, ascending' },
        factor: { default: 0.1, min: 0, max: 1, exclusive: 'min', description: 'factor of the rate at each of these epochs' },
      },
    },
    {
      type: 'record',
      fields: {
        name: { type: 'choice', values: ['linear', 'cosine', 'exponential'] },
        to: { type: 'number', min: 0, max: 1, description: 'share of the rate at the end of the stage' },
      },
    },
  ],
} as const satisfies OptionRule

const isFalling = (schedule: Schedule): schedule is FallingSchedule =>
  typeof schedule === 'object' && schedule !== null && ['linear', 'cosine', 'exponential'].includes(schedule.name)

function fallingFactor({ name, to }: FallingSchedule, progress: number): number {
  if (!(typeof to === 'number' && to >= 0 && to <= 1 && !(name === 'exponential' && to === 0))) {
    throw new OptionError({
      option: 'schedule',
      what: `The learning-rate schedule '${name}' is not valid.`,
      expected: `'to', a share of the rate from 0 to 1${name === 'exponential' ? ', above 0' : ''}`,
      received: describeValue(to),
    })
  }
  return name === 'exponential' ? to ** progress : to + (1 - to) * factors[name](progress)
}

const factors: Readonly<Record<string, (progress: number) => number>> = {
  constant: () => 1,
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
}

/**
 * @param progress From 0 to 1.
 * @param epochs Number of epochs that the progress spans. Only `steps` uses it.
 * @throws OptionError on an unknown name or bad steps.
 */
export function scheduleFactor(schedule: Schedule, progress: number, epochs = 1): number {
  checkArguments('scheduleFactor()', {
    progress: [progress, rules.number({ minimum: 0, maximum: 1 })],
    epochs: [epochs, rules.number({ minimum: 0 })],
  })
  if (typeof schedule === 'object' && schedule?.name === 'steps') {
    const { at, factor = 0.1 } = schedule
    if (
      !Array.isArray(at) ||
      at.some((epoch, i) => !(typeof epoch === 'number' && epoch > (i > 0 ? at[i - 1] : 0))) ||
      !(typeof factor === 'number' && factor > 0 && factor <= 1)
    ) {
      throw new OptionError({
        option: 'schedule',
        what: `The learning-rate schedule 'steps' is not valid.`,
        expected: 'ascending epochs above 0 and a factor above 0, at most 1',
        received: describeValue(schedule),
      })
    }
    // Tolerates the rounding of a progress that was divided and multiplied again.
    return factor ** at.filter((epoch) => progress * epochs >= epoch - 1e-9).length
  }
  if (isFalling(schedule)) return fallingFactor(schedule, progress)
  const named = typeof schedule === 'string' && Object.hasOwn(factors, schedule) ? factors[schedule] : undefined
  if (!named)
    throw new OptionError({
      option: 'schedule',
      what: 'There is no learning-rate schedule of this name.',
      expected: `${Object.keys(factors).join(', ')}, steps or exponential`,
      received: typeof schedule === 'string' ? schedule : describeValue(schedule),
    })
  return named(progress)
}

export interface RateContext {
  readonly schedule: Schedule
  /** Number of warm-up epochs. */
  readonly warmUp: number
  readonly epochs: number
}

/**
 * The factor with warm-up. The warm-up rises linearly and is never 0. A schedule of steps counts epochs from the beginning of the
 * stage; the others span the epochs after the warm-up.
 * @param step Number of steps done in the stage.
 */
export function rateFactor({ schedule, warmUp, epochs }: RateContext, step: number, stepsPerEpoch: number): number {
  const warmSteps = Math.round(warmUp * stepsPerEpoch)
  if (step < warmSteps) return (step + 1) / (warmSteps + 1)
  const total = epochs * stepsPerEpoch
  if (typeof schedule === 'object' && schedule.name === 'steps') return scheduleFactor(schedule, step / total, epochs)
  return scheduleFactor(schedule, (step - warmSteps) / (total - warmSteps), epochs)
}
