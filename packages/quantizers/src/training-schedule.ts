/** A quantity that moves from a start value to an end value while training progresses from 0 to 1. */

export const CURVES = ['exponential', 'linear'] as const
export type Curve = (typeof CURVES)[number]

/** An exponential curve multiplies by the same factor at every step, so both ends must be positive. */
export function scheduled(progress: number, start: number, end: number, curve: Curve = 'exponential'): number {
  return curve === 'linear' ? start + (end - start) * progress : start * (end / start) ** progress
}
