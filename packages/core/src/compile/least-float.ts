/** Bisection over the float32 numbers. There are fewer than 2 ** 32, so it takes at most 32 steps. */
import { float32AtOrdinal, float32Ordinal } from '../contracts/float32-order.ts'

/**
 * The least float32, infinities included, for which `holds` is true, or undefined if there is none. `holds` must be false up to some
 * point and true from there on.
 */
export function leastFloat(holds: (x: number) => boolean): number | undefined {
  let low = float32Ordinal(Number.NEGATIVE_INFINITY)
  let high = float32Ordinal(Number.POSITIVE_INFINITY)
  if (!holds(float32AtOrdinal(high))) return undefined
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(float32AtOrdinal(middle))) high = middle
    else low = middle + 1
  }
  return float32AtOrdinal(low)
}
