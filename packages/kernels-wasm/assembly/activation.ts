/** The functions of one value, each by the float32 operations that the reference states, four vectors at a time. */
import { constant, FIFTH, HALF, ONE, SIGN, SIX, SIXTH, THREE } from './constants'
import { exponential as exponentialFour, hyperbolicTangent as tangentFour, sigmoid as sigmoidFour, softplus as softplusFour, swish as swishFour } from './exponential'
import { positive } from './tail'

@inline const RELU = 0
@inline const ABSOLUTE = 1
@inline const SOFTSIGN = 2
@inline const HARD_SIGMOID = 3
@inline const HARD_SWISH = 4
@inline const EXPONENTIAL = 5
@inline const SIGMOID = 6
@inline const SWISH = 7
@inline const TANGENT = 8
@inline const SOFTPLUS = 9
@inline const CLIP = 10

@inline
function magnitude(x: v128): v128 {
  return v128.andnot(x, constant(SIGN))
}

/** `min(max(x, low), high)`. What is no number stays so, which f32x4.min and max would take several times as long for. */
@inline
function between(x: v128, low: v128, high: v128): v128 {
  return f32x4.pmin(f32x4.pmax(x, low), high)
}

/** The last four are those of `clip`. */
@inline
function evaluate(kind: i32, x: v128, low: v128, high: v128, kept: v128, added: v128): v128 {
  const zero = f32x4.splat(0)
  if (kind == RELU) return positive(x)
  if (kind == ABSOLUTE) return magnitude(x)
  if (kind == SOFTSIGN) return f32x4.div(x, f32x4.add(constant(ONE), magnitude(x)))
  if (kind == HARD_SIGMOID) return between(f32x4.add(f32x4.mul(x, constant(FIFTH)), constant(HALF)), zero, constant(ONE))
  if (kind == HARD_SWISH) {
    return f32x4.mul(x, f32x4.mul(between(f32x4.add(x, constant(THREE)), zero, constant(SIX)), constant(SIXTH)))
  }
  if (kind == EXPONENTIAL) return exponentialFour(x)
  if (kind == SIGMOID) return sigmoidFour(x)
  if (kind == SWISH) return swishFour(x)
  if (kind == TANGENT) return tangentFour(x)
  if (kind == SOFTPLUS) return softplusFour(x)
  return v128.or(v128.and(between(x, low, high), kept), added)
}

@inline const SIGN_BIT: i32 = i32.MIN_VALUE

/**
 * `minimum` and `maximum` are those of `clip`. `pmin` and `pmax` take the zeros of both signs for equal; where a bound of it is a zero on its
 * side of them, that is put right: all results have its sign.
 */
@inline
function map(kind: i32, input: usize, output: usize, count: i32, minimum: f32 = 0, maximum: f32 = 0): void {
  const low = f32x4.splat(minimum)
  const high = f32x4.splat(maximum)
  const kept = i32x4.splat(reinterpret<i32>(minimum) == 0 ? ~SIGN_BIT : -1)
  const added = i32x4.splat(reinterpret<i32>(maximum) == SIGN_BIT ? SIGN_BIT : 0)
  const end = input + (count << 2)
  for (; input + 64 <= end; input += 64, output += 64) {
    // All before the first is stored, so that a constant is loaded once for the four.
    const y0 = evaluate(kind, v128.load(input), low, high, kept, added)
    const y1 = evaluate(kind, v128.load(input, 16), low, high, kept, added)
    const y2 = evaluate(kind, v128.load(input, 32), low, high, kept, added)
    const y3 = evaluate(kind, v128.load(input, 48), low, high, kept, added)
    v128.store(output, y0)
    v128.store(output, y1, 16)
    v128.store(output, y2, 32)
    v128.store(output, y3, 48)
  }
  for (; input < end; input += 16, output += 16) {
    v128.store(output, evaluate(kind, v128.load(input), low, high, kept, added))
  }
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

export function exponential(input: usize, output: usize, count: i32): void {
  map(EXPONENTIAL, input, output, count)
}

export function sigmoid(input: usize, output: usize, count: i32): void {
  map(SIGMOID, input, output, count)
}

export function swish(input: usize, output: usize, count: i32): void {
  map(SWISH, input, output, count)
}

export function hyperbolicTangent(input: usize, output: usize, count: i32): void {
  map(TANGENT, input, output, count)
}

export function softplus(input: usize, output: usize, count: i32): void {
  map(SOFTPLUS, input, output, count)
}

export function clip(input: usize, output: usize, count: i32, minimum: f32, maximum: f32): void {
  map(CLIP, input, output, count, minimum, maximum)
}
