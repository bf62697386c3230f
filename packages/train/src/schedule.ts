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

/** `linear` falls to 0, as in Bi-Real Net's released code. */
export type Schedule = 'constant' | 'linear' | 'cosine' | StepSchedule

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
  ],
} as const satisfies OptionRule

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
  const named = typeof schedule === 'string' && Object.hasOwn(factors, schedule) ? factors[schedule] : undefined
  if (!named)
    throw new OptionError({
      option: 'schedule',
      what: 'There is no learning-rate schedule of this name.',
      expected: `${Object.keys(factors).join(', ')} or steps`,
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
  if (typeof schedule === 'object') return scheduleFactor(schedule, step / total, epochs)
  return scheduleFactor(schedule, (step - warmSteps) / (total - warmSteps), epochs)
}
