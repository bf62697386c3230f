/** Learning-rate schedules: a factor of the base rate, from the share of training done. */
import { OptionError } from '@onebit/core'

/** `linear` falls to 0, as in Bi-Real Net's released code. */
export type Schedule = 'constant' | 'linear' | 'cosine'

const factors: Readonly<Record<Schedule, (progress: number) => number>> = {
  constant: () => 1,
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
}

/** @param progress From 0 to 1. */
export function scheduleFactor(schedule: Schedule, progress: number): number {
  const factor = factors[schedule]
  if (!factor)
    throw new OptionError({
      what: 'There is no such learning-rate schedule.',
      expected: Object.keys(factors).join(', '),
      received: schedule,
    })
  return factor(progress)
}
