/**
 * Sums and products of two values. The second repeats row by row or has one number for each row of the first. Or tables gather both.
 */

@inline const SUM = 0
@inline const PRODUCT = 1

@inline
function combine(kind: i32, a: v128, b: v128): v128 {
  return kind === SUM ? f32x4.add(a, b) : f32x4.mul(a, b)
}

@inline
function combineOne(kind: i32, a: f32, b: f32): f32 {
  return kind === SUM ? a + b : a * b
}

/** 4 numbers of the second value at `b`, or one number for all. */
@inline
function second(spread: bool, b: usize, at: i32): v128 {
  return spread ? v128.load32_splat(b) : v128.load(b + at)
}

/** One row. The last vector may compute some numbers again. Rows of fewer than 4 numbers go one by one. */
@inline
function combineRow(kind: i32, spread: bool, a: usize, b: usize, output: usize, bytes: i32): void {
  let at = 0
  for (; at + 64 <= bytes; at += 64) {
    v128.store(output + at, combine(kind, v128.load(a + at), second(spread, b, at)))
    v128.store(output + at, combine(kind, v128.load(a + at, 16), second(spread, b, at + 16)), 16)
    v128.store(output + at, combine(kind, v128.load(a + at, 32), second(spread, b, at + 32)), 32)
    v128.store(output + at, combine(kind, v128.load(a + at, 48), second(spread, b, at + 48)), 48)
  }
  for (; at < bytes && bytes >= 16; at += 16) {
    at = min(at, bytes - 16)
    v128.store(output + at, combine(kind, v128.load(a + at), second(spread, b, at)))
  }
  for (; at < bytes; at += 4) {
    store<f32>(output + at, combineOne(kind, load<f32>(a + at), load<f32>(b + (spread ? 0 : at))))
  }
}

@inline
function combineRows(kind: i32, spread: bool, a: usize, b: usize, output: usize, rows: i32, features: i32): void {
  const bytes = features << 2
  for (let row = 0; row < rows; row++) {
    combineRow(kind, spread, a, b, output, bytes)
    a += bytes
    output += bytes
    if (spread) b += 4
  }
}

/** Every row of `a` plus the row `b`. */
export function add(a: usize, b: usize, output: usize, rows: i32, features: i32): void {
  combineRows(SUM, false, a, b, output, rows, features)
}

/** Every row of `a` times the row `b`. */
export function multiply(a: usize, b: usize, output: usize, rows: i32, features: i32): void {
  combineRows(PRODUCT, false, a, b, output, rows, features)
}

/** Every row of `a` plus the row's number in `b`. */
export function addToRows(a: usize, b: usize, output: usize, rows: i32, features: i32): void {
  combineRows(SUM, true, a, b, output, rows, features)
}

/** Every row of `a` times the row's number in `b`. */
export function multiplyRows(a: usize, b: usize, output: usize, rows: i32, features: i32): void {
  combineRows(PRODUCT, true, a, b, output, rows, features)
}

/** `output[i] = a[atA[i]] + b[atB[i]]`; the tables hold byte offsets. */
export function addGathered(a: usize, b: usize, output: usize, count: i32, atA: usize, atB: usize): void {
  for (let i = 0; i < count << 2; i += 4) {
    store<f32>(output + i, load<f32>(a + load<u32>(atA + i)) + load<f32>(b + load<u32>(atB + i)))
  }
}

/** `output[i] = a[atA[i]] * b[atB[i]]`; the tables hold byte offsets. */
export function multiplyGathered(a: usize, b: usize, output: usize, count: i32, atA: usize, atB: usize): void {
  for (let i = 0; i < count << 2; i += 4) {
    store<f32>(output + i, load<f32>(a + load<u32>(atA + i)) * load<f32>(b + load<u32>(atB + i)))
  }
}
