/** Real weights as float16, in half the memory, if the caller requests it. */

/** Largest magnitude of a float16. */
const LARGEST = 65504
/** Least magnitude that is not subnormal. Smaller weights become 0 or this, because devices may flush subnormal numbers. */
const LEAST_NORMAL = 2 ** -14
/** Bits of the significand after the point. */
const FRACTION = 10

/**
 * The nearest float16 that is not subnormal, ties to even. It differs by at most 2^-11 of the magnitude, or 2^-15 below 2^-14.
 * @param value Finite.
 * @returns Undefined if the magnitude is rounded to more than 65,504.
 */
export function toFloat16(value: number): number | undefined {
  const magnitude = Math.abs(value)
  if (magnitude < LEAST_NORMAL) return Math.sign(value) * (magnitude > LEAST_NORMAL / 2 ? LEAST_NORMAL : 0)
  const unit = 2 ** (Math.floor(Math.log2(magnitude)) - FRACTION)
  const count = magnitude / unit
  const floor = Math.floor(count)
  const up = count - floor > 0.5 || (count - floor === 0.5 && floor % 2 === 1)
  const rounded = (floor + Number(up)) * unit
  return rounded > LARGEST ? undefined : Math.sign(value) * rounded
}

/**
 * The bits of a float16.
 * @param value A result of `toFloat16`.
 */
function bitsOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  if (value === 0) return sign
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 2 ** FRACTION
  return sign | ((exponent + 15) << FRACTION) | fraction
}

/**
 * All values as float16, two per word, the first lowest. Undefined if a value has no float16.
 * @param values An even number of values.
 */
export function packFloat16(values: Float32Array): Uint32Array | undefined {
  const words = new Uint32Array(values.length / 2)
  for (let i = 0; i < values.length; i++) {
    const rounded = Number.isFinite(values[i]) ? toFloat16(values[i]) : undefined
    if (rounded === undefined) return undefined
    words[i >> 1] |= bitsOf(rounded) << (16 * (i & 1))
  }
  return words
}
