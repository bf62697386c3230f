/** The figures of one case, as the benchmark prints and stores them. */

import { median } from '../figures.mjs'

/** @param forward Milliseconds. Absent if only steps are timed. */
export function rowOf(name, step, forward) {
  const round = (value, digits) => Number(value.toFixed(digits))
  const [stepMs, forwardMs] = [median(step), forward.length > 0 ? median(forward) : null]
  return {
    case: name,
    stepMs: round(stepMs, 1),
    forwardMs: forwardMs === null ? null : round(forwardMs, 1),
    stepOverForward: forwardMs === null ? null : round(stepMs / forwardMs, 2),
    steps: step.length,
  }
}
