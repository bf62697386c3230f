/**
 * The functions of one value, four lanes at a time. They perform the operations of packages/core/src/reference/elementary-functions.ts
 * in the same order, so they give the same bits.
 */
import {
  constant,
  FIFTH,
  HALF,
  LARGEST_EXPONENT,
  LEAST_EXPONENT,
  LN_2,
  LN_2_REST,
  LOG2_E,
  LOGARITHM,
  ONE,
  ROUNDER,
  SIGN,
  SIX,
  SIXTH,
  SLOPE,
  THREE,
  TWO,
} from './constants'

/** One step of Horner's rule. */
@inline
function step(sum: v128, x: v128, coefficient: i32): v128 {
  return f32x4.add(f32x4.mul(sum, x), constant(coefficient))
}

/** `n + 126` in the low bits, for the integer `n` nearest to `x / ln(2)`. */
@inline
function nearest(x: v128): v128 {
  return f32x4.add(f32x4.mul(x, constant(LOG2_E)), constant(ROUNDER))
}

/** `r = x - n ln(2)` */
@inline
function remainder(x: v128, rounded: v128): v128 {
  const n = f32x4.sub(rounded, constant(ROUNDER))
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN_2))), f32x4.mul(n, constant(LN_2_REST)))
}

/** `2e^r - 2` */
@inline
function growth(r: v128): v128 {
  let slope = step(constant(SLOPE + 4), r, SLOPE + 3)
  slope = step(slope, r, SLOPE + 2)
  slope = step(slope, r, SLOPE + 1)
  slope = step(slope, r, SLOPE)
  slope = step(slope, r, TWO)
  return f32x4.mul(slope, r)
}

/** `2^(n - 1)`, and 0 for `n = -126`: the low bits become the exponent's field. */
@inline
function power(rounded: v128): v128 {
  return i32x4.shl(rounded, 23)
}

@inline
function notBelowLeast(x: v128): v128 {
  return f32x4.pmax(x, constant(LEAST_EXPONENT))
}

/** e^x for x up to 89. */
@inline
export function exponentialUpTo89(x: v128): v128 {
  const bounded = notBelowLeast(x)
  const rounded = nearest(bounded)
  return f32x4.mul(f32x4.add(growth(remainder(bounded, rounded)), constant(TWO)), power(rounded))
}

@inline
export function exponential(x: v128): v128 {
  return exponentialUpTo89(f32x4.pmin(x, constant(LARGEST_EXPONENT)))
}

/** `e^-x + 1` */
@inline
function decayPlusOne(x: v128): v128 {
  return f32x4.add(exponential(v128.xor(x, constant(SIGN))), constant(ONE))
}

@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(constant(ONE), decayPlusOne(x))
}

@inline
export function swish(x: v128): v128 {
  return f32x4.div(x, decayPlusOne(x))
}

@inline
export function hyperbolicTangent(x: v128): v128 {
  const negative = v128.or(x, constant(SIGN))
  const bounded = notBelowLeast(f32x4.add(negative, negative))
  const rounded = nearest(bounded)
  const scale = power(rounded)
  const rest = f32x4.sub(f32x4.add(scale, scale), constant(ONE))
  const m = f32x4.add(f32x4.mul(growth(remainder(bounded, rounded)), scale), rest)
  return v128.bitselect(x, f32x4.div(m, f32x4.add(m, constant(TWO))), constant(SIGN))
}

@inline
export function softplus(x: v128): v128 {
  const y = exponentialUpTo89(v128.or(x, constant(SIGN)))
  const s = f32x4.div(y, f32x4.add(y, constant(TWO)))
  const square = f32x4.mul(s, s)
  let sum = step(constant(LOGARITHM + 3), square, LOGARITHM + 2)
  sum = step(sum, square, LOGARITHM + 1)
  sum = step(sum, square, LOGARITHM)
  const logarithm = f32x4.add(f32x4.mul(f32x4.mul(sum, square), s), f32x4.add(s, s))
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), logarithm)
}

@inline
export function absolute(x: v128): v128 {
  return v128.andnot(x, constant(SIGN))
}

@inline
export function softsign(x: v128): v128 {
  return f32x4.div(x, f32x4.add(absolute(x), constant(ONE)))
}

/** `min(max(x, low), high)`. NaN stays NaN. f32x4.min and max would take several times as long for that. */
@inline
export function between(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high)
}

@inline
export function hardSigmoid(x: v128): v128 {
  return between(f32x4.add(f32x4.mul(x, constant(FIFTH)), constant(HALF)), f32x4.splat(0), constant(ONE))
}

@inline
export function hardSwish(x: v128): v128 {
  const bounded = between(f32x4.add(x, constant(THREE)), f32x4.splat(0), constant(SIX))
  return f32x4.mul(x, f32x4.mul(bounded, constant(SIXTH)))
}
