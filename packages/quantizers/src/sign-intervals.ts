/**
 * Finds all sign changes of a score as computed in float32, with rounding. The caller gives bounds of the score over an interval.
 * The whole float32 line is halved until every piece has one sign. If the bounds come from monotone steps in the order of the
 * forward pass, the result is exact: it misses no flip, and no flip is off by a step of float32.
 */
import { checkArgument, float32AtOrdinal, float32Ordinal, rules } from '@onebit/core'

/**
 * Bounds of the score over the float32 values from `low` to `high`. If both are equal, it returns the score twice. Two NaNs mean
 * that the score is NaN everywhere in the interval, for example after an overflow.
 */
export type ScoreBounds = (low: number, high: number) => readonly [least: number, greatest: number]

export interface SignIntervals {
  /** The sign below the first flip. */
  readonly first: 1 | -1
  /** Ascending. The sign flips at each `x >= t`. */
  readonly thresholds: readonly number[]
}

const LARGEST = float32Ordinal(3.4028234663852886e38)

/**
 * After this many evaluations, a piece with equal signs at its ends counts as having no flip inside. Only scores that stay within a
 * rounding error of 0 over millions of values reach this limit. Others take about a hundred evaluations.
 */
const BUDGET = 200_000

/** Bounds may be NaN, because an overflow gives NaN. */
const boundsRule = rules.rule(
  '[least, greatest]',
  (value) => Array.isArray(value) && value.length === 2 && value.every((bound) => typeof bound === 'number'),
)

/** @throws OptionError if `scoreBounds` is not a function or does not return two numbers. */
export function signIntervals(scoreBounds: ScoreBounds): SignIntervals {
  checkArgument('signIntervals()', 'bounds', scoreBounds, rules.callback)
  const bounds: ScoreBounds = (low, high) => {
    const found = scoreBounds(low, high)
    checkArgument('signIntervals()', 'bounds(low, high)', found, boundsRule)
    return found
  }
  const flips: { sign: 1 | -1; ordinal: number }[] = []
  let looks = 0
  const settle = (sign: 1 | -1, ordinal: number): void => {
    if (flips.at(-1)?.sign !== sign) flips.push({ sign, ordinal })
  }
  // A NaN score has the sign -1, as in `sign`.
  const signAt = (ordinal: number): 1 | -1 => {
    const value = float32AtOrdinal(ordinal)
    return bounds(value, value)[0] >= 0 ? 1 : -1
  }
  const search = (low: number, high: number): void => {
    looks++
    const [least, greatest] = bounds(float32AtOrdinal(low), float32AtOrdinal(high))
    const nowhere = Number.isNaN(least) && Number.isNaN(greatest)
    const settled = least >= 0 || greatest < 0 || nowhere || low === high
    if (settled || (looks > BUDGET && signAt(low) === signAt(high))) settle(settled && least >= 0 ? 1 : signAt(low), low)
    else {
      const middle = Math.floor((low + high) / 2)
      search(low, middle)
      search(middle + 1, high)
    }
  }
  search(-LARGEST, LARGEST)
  return { first: flips[0].sign, thresholds: flips.slice(1).map(({ ordinal }) => float32AtOrdinal(ordinal)) }
}
