/**
 * The fixed activation functions, each evaluated in float64 and rounded once (or exact in float32, where that is the same), four
 * vectors at a time.
 */
import { EXPONENTIAL, SIGMOID, storeFour, SWISH, TANH } from './exponential'
import { exp, log1p } from './host-math'
import { positive } from './tail'

@inline const RELU = 0
@inline const ABSOLUTE = 1
@inline const SOFTSIGN = 2
@inline const HARD_SIGMOID = 3
@inline const HARD_SWISH = 4

/** `min(max(x, low), high)`; what is no number stays so, which f64x2.min and max would take twice as long for. */
@inline
function between(x: v128, low: f64, high: f64): v128 {
  return f64x2.pmin(f64x2.pmax(x, f64x2.splat(low)), f64x2.splat(high))
}

@inline
function evaluatePair(kind: i32, x: v128): v128 {
  if (kind == SOFTSIGN) return f64x2.div(x, f64x2.add(f64x2.splat(1), f64x2.abs(x)))
  if (kind == HARD_SIGMOID) return between(f64x2.add(f64x2.mul(f64x2.splat(0.2), x), f64x2.splat(0.5)), 0, 1)
  return f64x2.div(f64x2.mul(x, between(f64x2.add(x, f64x2.splat(3)), 0, 6)), f64x2.splat(6))
}

@inline
function evaluateFour(kind: i32, x: v128): v128 {
  if (kind == RELU) return positive(x)
  if (kind == ABSOLUTE) return f32x4.abs(x)
  const low = f32x4.demote_f64x2_zero(evaluatePair(kind, f64x2.promote_low_f32x4(x)))
  const high = f32x4.demote_f64x2_zero(evaluatePair(kind, f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 0))))
  return i64x2.shuffle(low, high, 0, 2)
}

@inline
function map(kind: i32, input: usize, output: usize, count: i32): void {
  const end = input + (count << 2)
  for (; input + 64 <= end; input += 64, output += 64) {
    v128.store(output, evaluateFour(kind, v128.load(input)))
    v128.store(output, evaluateFour(kind, v128.load(input, 16)), 16)
    v128.store(output, evaluateFour(kind, v128.load(input, 32)), 32)
    v128.store(output, evaluateFour(kind, v128.load(input, 48)), 48)
  }
  for (; input < end; input += 16, output += 16) v128.store(output, evaluateFour(kind, v128.load(input)))
}

export function relu(input: usize, output: usize, count: i32): void {
  map(RELU, input, output, count)
}

export function absolute(input: usize, output: usize, count: i32): void {
  map(ABSOLUTE, input, output, count)
}

export function softsign(input: usize, output: usize, count: i32): void {
  map(SOFTSIGN, input, output, count)
}

export function hardSigmoid(input: usize, output: usize, count: i32): void {
  map(HARD_SIGMOID, input, output, count)
}

export function hardSwish(input: usize, output: usize, count: i32): void {
  map(HARD_SWISH, input, output, count)
}

@inline const SIGN: i32 = i32.MIN_VALUE

@inline
function clipFour(x: v128, low: v128, high: v128, kept: v128, added: v128): v128 {
  return v128.or(v128.and(f32x4.pmin(f32x4.pmax(x, low), high), kept), added)
}

/**
 * `pmin` and `pmax` keep what is no number, in one instruction each, but take the zeros of both signs for equal. Where a bound is a
 * zero on its side of them, that is put right: all results have its sign.
 */
export function clip(input: usize, output: usize, count: i32, minimum: f32, maximum: f32): void {
  const low = f32x4.splat(minimum)
  const high = f32x4.splat(maximum)
  const kept = i32x4.splat(reinterpret<i32>(minimum) == 0 ? ~SIGN : -1)
  const added = i32x4.splat(reinterpret<i32>(maximum) == SIGN ? SIGN : 0)
  const end = input + (count << 2)
  for (; input + 64 <= end; input += 64, output += 64) {
    v128.store(output, clipFour(v128.load(input), low, high, kept, added))
    v128.store(output, clipFour(v128.load(input, 16), low, high, kept, added), 16)
    v128.store(output, clipFour(v128.load(input, 32), low, high, kept, added), 32)
    v128.store(output, clipFour(v128.load(input, 48), low, high, kept, added), 48)
  }
  for (; input < end; input += 16, output += 16) v128.store(output, clipFour(v128.load(input), low, high, kept, added))
}

@inline
function mapFours(kind: i32, input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) storeFour(kind, v128.load(input + (i << 2)), output + (i << 2))
}

export function sigmoid(input: usize, output: usize, count: i32): void {
  mapFours(SIGMOID, input, output, count)
}

export function hyperbolicTangent(input: usize, output: usize, count: i32): void {
  mapFours(TANH, input, output, count)
}

export function exponential(input: usize, output: usize, count: i32): void {
  mapFours(EXPONENTIAL, input, output, count)
}

export function swish(input: usize, output: usize, count: i32): void {
  mapFours(SWISH, input, output, count)
}

/** `log(1 + e^x)`, written so that the exponential cannot overflow. */
export function softplus(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const x = <f64>load<f32>(input + (i << 2))
    store<f32>(output + (i << 2), <f32>(x > 0 ? x + log1p(exp(-x)) : log1p(exp(x))))
  }
}
