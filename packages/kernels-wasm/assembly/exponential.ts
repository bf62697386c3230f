/**
 * e^x in float64, two lanes at a time, and the functions made of it, four float32 at a time. What is stored equals the host's
 * function rounded to float32, to the last bit: an approximation `y` within a relative error E of the exact value is rounded from
 * `y - yE` and from `y + yE`, and where both give the same float32, the exact value gives it too, and so does the host's,
 * which is closer to it than E. Lanes where they differ (one of some thousands), large ones and NaN are the host's.
 *
 * e^x is 2^k e^r for the integer k nearest to x / ln 2, so that |r| <= 0.347, and e^r is its Taylor series to r^9: what is
 * left out is below 2^-36.5 of it; all roundings together are below 2^-42.
 */
import { exp, tanh } from './host-math'

/** The factor of `1 - E` and `1 + E`, and the absolute error of `tanh`, which is half as large. */
@inline const ERROR: f64 = 1.4551915228366852e-11
/** Beyond, the square of e^x might leave float64, or a product with an infinity be no number. */
@inline const LARGEST: f32 = 350

/**
 * Where the constants below lie in every memory, 16 bytes each, right after the tables of tables.ts. An engine builds a vector constant
 * anew, of several instructions, wherever it is used; a load is one. Known to src/program/plan-memory.ts.
 */
@inline const CONSTANTS: usize = 4688
@inline const ROUNDER_AT: usize = CONSTANTS
@inline const LOG2E_AT: usize = CONSTANTS + 16
@inline const LN2_AT: usize = CONSTANTS + 32
@inline const TAYLOR_AT: usize = CONSTANTS + 48
@inline const BELOW_AT: usize = CONSTANTS + 208
@inline const ABOVE_AT: usize = CONSTANTS + 224

function writePair(at: usize, value: f64): void {
  v128.store(at, f64x2.splat(value))
}

/** Fills in the constants; once per memory. */
export function writeConstants(): void {
  // 1.5 * 2^52 + 1023: adding it leaves the integer part, and float64's bias, in the low bits.
  writePair(ROUNDER_AT, 6755399441056767)
  writePair(LOG2E_AT, 1.4426950408889634)
  writePair(LN2_AT, 0.6931471805599453)
  let factorial: f64 = 1
  for (let n = 0; n < 10; n++) {
    writePair(TAYLOR_AT + (n << 4), 1 / factorial)
    factorial *= n + 1
  }
  writePair(BELOW_AT, 1 - ERROR)
  writePair(ABOVE_AT, 1 + ERROR)
}

/** `a + bx`, of the Taylor factors `n` and `n + 1`. */
@inline
function twoTerms(n: usize, x: v128): v128 {
  return f64x2.add(v128.load(TAYLOR_AT + (n << 4)), f64x2.mul(v128.load(TAYLOR_AT + (n << 4) + 16), x))
}

/** e^x for |x| <= 700: float64 holds 2^k. */
@inline
function exponentialPair(x: v128): v128 {
  const rounder = v128.load(ROUNDER_AT)
  const rounded = f64x2.add(f64x2.mul(x, v128.load(LOG2E_AT)), rounder)
  const r = f64x2.sub(x, f64x2.mul(f64x2.sub(rounded, rounder), v128.load(LN2_AT)))
  const r2 = f64x2.mul(r, r)
  const r4 = f64x2.mul(r2, r2)
  // Pairs of terms, then pairs of these, so that few products wait for each other.
  const terms03 = f64x2.add(twoTerms(0, r), f64x2.mul(twoTerms(2, r), r2))
  const terms47 = f64x2.add(twoTerms(4, r), f64x2.mul(twoTerms(6, r), r2))
  const sum = f64x2.add(terms03, f64x2.mul(f64x2.add(terms47, f64x2.mul(twoTerms(8, r), r4)), r4))
  return f64x2.mul(sum, i64x2.shl(rounded, 52))
}

/** The functions. */
@inline export const EXPONENTIAL = 0
@inline export const SIGMOID = 1
@inline export const TANH = 2
@inline export const SWISH = 3

@inline
function evaluatePair(kind: i32, x: v128): v128 {
  const one = v128.load(TAYLOR_AT)
  if (kind == EXPONENTIAL) return exponentialPair(x)
  if (kind == TANH) {
    const e = exponentialPair(f64x2.add(x, x))
    return f64x2.sub(one, f64x2.div(f64x2.splat(2), f64x2.add(one, e)))
  }
  return f64x2.div(kind == SWISH ? x : one, f64x2.add(one, exponentialPair(f64x2.neg(x))))
}

/** As the reference backend evaluates them. */
@inline
function evaluate(kind: i32, x: f64): f64 {
  if (kind == EXPONENTIAL) return exp(x)
  if (kind == TANH) return tanh(x)
  return (kind == SWISH ? x : 1) / (1 + exp(-x))
}

/** The lower or, with `above`, the upper end of what the exact value may be, as float32 in the low lanes. */
@inline
function bound(kind: i32, y: v128, above: bool): v128 {
  if (kind == TANH) return f32x4.demote_f64x2_zero(f64x2.add(y, f64x2.splat(above ? ERROR : -ERROR)))
  return f32x4.demote_f64x2_zero(f64x2.mul(y, v128.load(above ? ABOVE_AT : BELOW_AT)))
}

@inline
function joinLow(a: v128, b: v128): v128 {
  return i64x2.shuffle(a, b, 0, 2)
}

/** The function of 4 float32 at `input`. */
@inline
export function storeFour(kind: i32, x: v128, output: usize): void {
  const y0 = evaluatePair(kind, f64x2.promote_low_f32x4(x))
  const y1 = evaluatePair(kind, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0)))
  const low = joinLow(bound(kind, y0, false), bound(kind, y1, false))
  const high = joinLow(bound(kind, y0, true), bound(kind, y1, true))
  const certain = v128.and(f32x4.eq(low, high), f32x4.lt(f32x4.abs(x), f32x4.splat(LARGEST)))
  v128.store(output, low)
  if (!i32x4.all_true(certain)) {
    store<f32>(output, <f32>evaluate(kind, <f64>f32x4.extract_lane(x, 0)))
    store<f32>(output, <f32>evaluate(kind, <f64>f32x4.extract_lane(x, 1)), 4)
    store<f32>(output, <f32>evaluate(kind, <f64>f32x4.extract_lane(x, 2)), 8)
    store<f32>(output, <f32>evaluate(kind, <f64>f32x4.extract_lane(x, 3)), 12)
  }
}

/** The function of one float32, by the host. */
@inline
export function storeOne(kind: i32, x: f32, output: usize): void {
  store<f32>(output, <f32>evaluate(kind, <f64>x))
}
