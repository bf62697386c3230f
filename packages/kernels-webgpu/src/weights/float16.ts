/** Real weights as float16, half the memory, where the caller asks for it. */

/** Largest magnitude of a float16. */
const LARGEST = 65504
/** Least magnitude that is not subnormal. Below, weights become 0 or this, as a device may take subnormal ones for 0. */
const LEAST_NORMAL = 2 ** -14
/** Bits of the significand behind the point. */
const FRACTION = 10

/**
 * The nearest float16 that is not subnormal, ties to even. It differs by 2^-11 of the magnitude at most, below 2^-14 by 2^-15.
 * @param value Finite.
 * @returns Undefined where the magnitude is rounded to more than 65,504.
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

/** Its bits. @param value A float16 that is not subnormal, of `toFloat16`. */
function bitsOf(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  if (value === 0) return sign
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  const fraction = (Math.abs(value) / 2 ** exponent - 1) * 2 ** FRACTION
  return sign | ((exponent + 15) << FRACTION) | fraction
}

/** All values as float16, two a word, the first lowest, or undefined if one has none. @param values An even number of them. */
export function packFloat16(values: Float32Array): Uint32Array | undefined {
  const words = new Uint32Array(values.length / 2)
  for (let i = 0; i < values.length; i++) {
    const rounded = Number.isFinite(values[i]) ? toFloat16(values[i]) : undefined
    if (rounded === undefined) return undefined
    words[i >> 1] |= bitsOf(rounded) << (16 * (i & 1))
  }
  return words
}
