/** Functions of single values, four vectors at a time. */
import * as elementary from './elementary-functions'
import { positive } from './followers'

@inline const RELU = 0
@inline const ABSOLUTE = 1
@inline const EXPONENTIAL = 2
@inline const SIGMOID = 3
@inline const SWISH = 4
@inline const TANGENT = 5
@inline const SOFTPLUS = 6
@inline const SOFTSIGN = 7
@inline const HARD_SIGMOID = 8
@inline const HARD_SWISH = 9
@inline const CLIP = 10

/** The last four arguments belong to `clip`. */
@inline
function evaluate(kind: i32, x: v128, low: v128, high: v128, kept: v128, added: v128): v128 {
  if (kind === RELU) return positive(x)
  if (kind === ABSOLUTE) return elementary.absolute(x)
  if (kind === EXPONENTIAL) return elementary.exponential(x)
  if (kind === SIGMOID) return elementary.sigmoid(x)
  if (kind === SWISH) return elementary.swish(x)
  if (kind === TANGENT) return elementary.hyperbolicTangent(x)
  if (kind === SOFTPLUS) return elementary.softplus(x)
  if (kind === SOFTSIGN) return elementary.softsign(x)
  if (kind === HARD_SIGMOID) return elementary.hardSigmoid(x)
  if (kind === HARD_SWISH) return elementary.hardSwish(x)
  return v128.or(v128.and(elementary.between(x, low, high), kept), added)
}

@inline const SIGN: i32 = i32.MIN_VALUE

/**
 * `minimum` and `maximum` belong to `clip`. `elementary.between` treats zeros of both signs as equal. If a bound is a zero and the zero
 * of the other sign lies beyond it, `kept` and `added` correct this: all results get the bound's sign.
 */
@inline
function map(kind: i32, input: usize, output: usize, count: i32, minimum: f32 = 0, maximum: f32 = 0): void {
  const low = f32x4.splat(minimum)
  const high = f32x4.splat(maximum)
  const kept = i32x4.splat(reinterpret<i32>(minimum) === 0 ? ~SIGN : -1)
  const added = i32x4.splat(reinterpret<i32>(maximum) === SIGN ? SIGN : 0)
  const end = input + (count << 2)
  for (; input + 64 <= end; input += 64, output += 64) {
    // All four are computed before the first is stored, so that a constant is loaded once for the four.
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

export function softsign(input: usize, output: usize, count: i32): void {
  map(SOFTSIGN, input, output, count)
}

export function hardSigmoid(input: usize, output: usize, count: i32): void {
  map(HARD_SIGMOID, input, output, count)
}

export function hardSwish(input: usize, output: usize, count: i32): void {
  map(HARD_SWISH, input, output, count)
}

export function clip(input: usize, output: usize, count: i32, minimum: f32, maximum: f32): void {
  map(CLIP, input, output, count, minimum, maximum)
}
