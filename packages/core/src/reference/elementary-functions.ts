/**
 * The functions of the ops `activation` and `softmax`. These sequences of float32 operations define them: sums, products and
 * quotients, each rounded to nearest, ties to even, no product fused with a sum. A backend that performs the same operations gives the
 * same bits in any language, on any hardware and in any order of lanes. docs/decisions/0007-elementary-functions.md gives the reasons.
 *
 * All take float32. Docstrings state the largest error in units in the last place of the result, over all float32 with an exact
 * result between 2^-121 and the largest float32 (`node packages/kernels-wasm/scripts/measure-errors.mjs`). NaN stays NaN.
 */
import { float32AtOrdinal } from '../contracts/float32-order.ts'

const add = (a: number, b: number): number => Math.fround(a + b)
const subtract = (a: number, b: number): number => Math.fround(a - b)
const multiply = (a: number, b: number): number => Math.fround(a * b)
const divide = (a: number, b: number): number => Math.fround(a / b)

/** NaN stays NaN. */
function clamp(x: number, least: number, largest: number): number {
  return Math.min(Math.max(x, least), largest)
}

/** Horner's rule. The coefficients begin with that of x^0. */
function polynomial(x: number, coefficients: readonly number[]): number {
  let sum = coefficients[coefficients.length - 1]
  for (let i = coefficients.length - 2; i >= 0; i--) sum = add(multiply(sum, x), coefficients[i])
  return sum
}

const LOG2_E = 1.4426950216293335
/** 1.5 * 2^23. At that size float32 holds only integers, so adding it rounds to an integer. */
const ROUNDER = 12582912
/** Two parts of ln 2. The first has 15 bits, so its product with an integer up to 128 is exact. */
const LN_2 = 0.693145751953125
const LN_2_REST = 0.000001428606765330187

/**
 * Coefficients of `(2e^r - 2) / r` for |r| <= ln 2 / 2. They give e^r with a relative error of at most 2^-28.2. Remez' exchange with a
 * fixed first coefficient gave them, and then a search among the float32 near its results.
 */
const SLOPE = [2, 0.9999998807907104, 0.3333304226398468, 0.08333665132522583, 0.016737377271056175, 0.002762880641967058]

interface Reduced {
  /** `2e^r - 2` */
  readonly growth: number
  /** 2^(n - 1), and 0 for n = -126. */
  readonly power: number
}

/**
 * Splits x = n ln 2 + r with an integer n and |r| <= ln 2 / 2, so that e^x = (2 + growth) * power. The product is 0 from -87 down and
 * Infinity from 89 on.
 */
function reduce(x: number): Reduced {
  const clamped = clamp(x, -87, 89)
  const n = subtract(add(multiply(clamped, LOG2_E), ROUNDER), ROUNDER)
  const r = subtract(subtract(clamped, multiply(n, LN_2)), multiply(n, LN_2_REST))
  // The exponent field of the float32 holds n + 126, which is 0 to 254.
  return { growth: multiply(polynomial(r, SLOPE), r), power: float32AtOrdinal((n + 126) << 23) }
}

/** e^x, to 1.17. It is never subnormal: below 2^-125.5, which means x below -86.99, it is 0. */
export function exponential(x: number): number {
  const { growth, power } = reduce(x)
  return multiply(add(growth, 2), power)
}

/** `1 / (1 + e^-x)`, to 2.49. */
export function sigmoid(x: number): number {
  return divide(1, add(exponential(-x), 1))
}

/** `x / (1 + e^-x)`, to 2.47. Below -88.72 it is -0, and at -Infinity NaN. */
export function swish(x: number): number {
  return divide(x, add(exponential(-x), 1))
}

/** `|m / (m + 2)|` with `m = e^(-2|x|) - 1` and the sign of x. Both terms of m are small if x is, so nothing cancels. To 2.66. */
export function hyperbolicTangent(x: number): number {
  const { growth, power } = reduce(-2 * Math.abs(x))
  const m = add(multiply(growth, power), subtract(2 * power, 1))
  const magnitude = Math.abs(divide(m, add(m, 2)))
  return x < 0 || Object.is(x, -0) ? -magnitude : magnitude
}

/**
 * Coefficients of `(ln((1 + s) / (1 - s)) - 2s) / s^3` in powers of s^2, for s up to 1/3. The relative error of the logarithm is at most
 * 2^-27.7. They were found like `SLOPE`.
 */
const LOGARITHM = [0.666664183139801, 0.40021470189094543, 0.28002122044563293, 0.2801262438297272]

/**
 * `ln(1 + e^x)` as `max(x, 0) + ln(1 + y)` with `y = e^-|x|`. With s = y / (y + 2), `ln(1 + y)` is `ln((1 + s) / (1 - s))`.
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
