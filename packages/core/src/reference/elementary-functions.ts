/**
 * The functions of the ops `activation` and `softmax`, which these sequences of float32 operations define: sums, products,
 * quotients, each rounded to nearest, ties to even, no product fused with a sum. A backend that performs the same gives the same
 * bits, whatever its language, its hardware and the order of its lanes. docs/decisions/0007-elementary-functions.md says why.
 *
 * All take float32. Errors are in units in the last place of the result, the largest over all float32 for which the exact value
 * lies between 2^-121 and the largest float32 (`node packages/kernels-wasm/scripts/measure-errors.mjs`). What is no number stays so.
 */
import { float32AtOrdinal } from '../contracts/float32-order.ts'

const add = (a: number, b: number): number => Math.fround(a + b)
const subtract = (a: number, b: number): number => Math.fround(a - b)
const multiply = (a: number, b: number): number => Math.fround(a * b)
const divide = (a: number, b: number): number => Math.fround(a / b)

/** What is no number stays so. */
function clamp(x: number, least: number, largest: number): number {
  return Math.min(Math.max(x, least), largest)
}

/** By Horner's rule; the coefficients begin with that of x^0. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[coefficients.length - 1]
  for (let i = coefficients.length - 2; i >= 0; i--) sum = add(multiply(sum, x), coefficients[i])
  return sum
}

const LOG2_E = 1.4426950216293335
/** 1.5 * 2^23: at that size float32 holds integers alone, so that a sum with it is rounded to one. */
const ROUNDER = 12582912
/** Together ln 2. The first has 15 bits, so that an integer up to 128 times it is exact. */
const LN_2 = 0.693145751953125
const LN_2_REST = 0.000001428606765330187

/**
 * `(2e^r - 2) / r` for |r| <= ln 2 / 2: with them e^r is off by at most 2^-28.2 of it. From Remez' exchange, the first coefficient
 * given, and a search among the float32 near its results.
 */
const SLOPE = [2, 0.9999998807907104, 0.3333304226398468, 0.08333665132522583, 0.016737377271056175, 0.002762880641967058]

interface Reduced {
  /** `2e^r - 2` */
  readonly growth: number
  /** 2^(n - 1), and 0 for n = -126. */
  readonly power: number
}

/**
 * Of x = n ln 2 + r for an integer n and |r| <= ln 2 / 2, so that e^x = (2 + growth) * power. From -87 down that is 0, from 89
 * on Infinity.
 */
function reduce(x: number): Reduced {
  const clamped = clamp(x, -87, 89)
  const n = subtract(add(multiply(clamped, LOG2_E), ROUNDER), ROUNDER)
  const r = subtract(subtract(clamped, multiply(n, LN_2)), multiply(n, LN_2_REST))
  // The float32 with n + 126, which is 0 to 254, in the exponent's field.
  return { growth: multiply(polynomial(r, SLOPE), r), power: float32AtOrdinal((n + 126) << 23) }
}

/** e^x, to 1.17. It is never subnormal: where it is below 2^-125.5, as for x below -86.99, it is 0. */
export function exponential(x: number): number {
  const { growth, power } = reduce(x)
  return multiply(add(growth, 2), power)
}

/** `1 / (1 + e^-x)`, to 2.49. */
export function sigmoid(x: number): number {
  return divide(1, add(exponential(-x), 1))
}

/** `x / (1 + e^-x)`, to 2.47; below -88.72 it is -0, and at -Infinity no number. */
export function swish(x: number): number {
  return divide(x, add(exponential(-x), 1))
}

/** With the sign of x, `m / (m + 2)` of `m = e^(-2|x|) - 1`, whose terms are small where x is, so that nothing cancels. To 2.66. */
export function hyperbolicTangent(x: number): number {
  const { growth, power } = reduce(-2 * Math.abs(x))
  const m = add(multiply(growth, power), subtract(2 * power, 1))
  const magnitude = Math.abs(divide(m, add(m, 2)))
  return x < 0 || Object.is(x, -0) ? -magnitude : magnitude
}

/**
 * `(ln((1 + s) / (1 - s)) - 2s) / s^3` in powers of s^2, for s up to 1/3: off by at most 2^-27.7 of the logarithm. Found as
 * `SLOPE` was.
 */
const LOGARITHM = [0.666664183139801, 0.40021470189094543, 0.28002122044563293, 0.2801262438297272]

/**
 * `ln(1 + e^x)` as `max(x, 0) + ln(1 + y)` of `y = e^-|x|`; for s = y / (y + 2) the logarithm is that of (1 + s) / (1 - s).
 * To 2.90.
 */
export function softplus(x: number): number {
  const y = exponential(-Math.abs(x))
  const s = divide(y, add(y, 2))
  const square = multiply(s, s)
  const logarithm = add(multiply(multiply(polynomial(square, LOGARITHM), square), s), 2 * s)
  return add(Math.max(x, 0), logarithm)
}

/** `x / (1 + |x|)`, to 1.5. */
export function softsign(x: number): number {
  return divide(x, add(Math.abs(x), 1))
}

const FIFTH = 0.20000000298023224
const SIXTH = 0.1666666716337204

/** `min(max(x / 5 + 1 / 2, 0), 1)`, the quotient as a product. */
export function hardSigmoid(x: number): number {
  return clamp(add(multiply(x, FIFTH), 0.5), 0, 1)
}

/** `x * (min(max(x + 3, 0), 6) / 6)`, the quotient as a product. From 3 on it is x. To 2.49. */
export function hardSwish(x: number): number {
  return multiply(x, multiply(clamp(add(x, 3), 0, 6), SIXTH))
}
