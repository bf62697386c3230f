/**
 * Maps float32 values to integers in the same order: adjacent values become adjacent integers, and both zeros become 0. Thresholds
 * compare with `x >= t`, so "+1 up to and including t" is a flip at the next value above t.
 */
const float = new Float32Array(1)
const bits = new Int32Array(float.buffer)

/** The place of a float32 value in the order of all float32 values. NaN has none. */
export function float32Ordinal(value: number): number {
  float[0] = value
  return bits[0] < 0 ? -(bits[0] & 0x7fffffff) : bits[0]
}

/** The float32 value at a place in the order. */
export function float32AtOrdinal(ordinal: number): number {
  bits[0] = Math.abs(ordinal)
  return ordinal < 0 ? -float[0] : float[0]
}

/** The smallest float32 value above `value`; infinity stays infinity. */
export function nextUp(value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : float32AtOrdinal(float32Ordinal(value) + 1)
}

/** The largest float32 value below `value`; -infinity stays -infinity. */
export function nextDown(value: number): number {
  return value === Number.NEGATIVE_INFINITY ? value : float32AtOrdinal(float32Ordinal(value) - 1)
}
