// Comparisons, extremes, selection and sign of floats, 16 elements at a time. The step of an operand is 64 bytes, or 0
// for a scalar that `splat` has repeated to 16 elements. Booleans are bytes of 0 or 1.

const GREATER = 0
const GREATER_EQUAL = 1
const LESS = 2
const LESS_EQUAL = 3
const EQUAL = 4
const NOT_EQUAL = 5

/** Repeats the float at `source` 16 times. */
export function splat(source: usize, target: usize): void {
  const values = v128.load32_splat(source)
  v128.store(target, values)
  v128.store(target, values, 16)
  v128.store(target, values, 32)
  v128.store(target, values, 48)
}

@inline
function maskOf(operation: i32, a: v128, b: v128): v128 {
  if (operation === GREATER) return f32x4.gt(a, b)
  if (operation === GREATER_EQUAL) return f32x4.ge(a, b)
  if (operation === LESS) return f32x4.lt(a, b)
  if (operation === LESS_EQUAL) return f32x4.le(a, b)
  if (operation === EQUAL) return f32x4.eq(a, b)
  return f32x4.ne(a, b)
}

/** Compares with an operation known at compile time, so that the loop does not choose one. */
@inline
function compareAll(operation: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, size: i32): void {
  const ones = i8x16.splat(1)
  let left = size
  for (; left >= 16; left -= 16) {
    const m0 = maskOf(operation, v128.load(a), v128.load(b))
    const m1 = maskOf(operation, v128.load(a, 16), v128.load(b, 16))
    const m2 = maskOf(operation, v128.load(a, 32), v128.load(b, 32))
    const m3 = maskOf(operation, v128.load(a, 48), v128.load(b, 48))
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(m0, m1), i16x8.narrow_i32x4_s(m2, m3))
    v128.store(out, v128.and(bytes, ones))
    a += aStep
    b += bStep
    out += 16
  }
  for (; left > 0; left--) {
    const mask = maskOf(operation, v128.load32_splat(a), v128.load32_splat(b))
    store<u8>(out, v128.any_true(mask))
    a += aStep >> 4
    b += bStep >> 4
    out++
  }
}

/** The operations, in this order: greater, greater or equal, less, less or equal, equal, not equal. */
export function compare(operation: i32, a: usize, aStep: usize, b: usize, bStep: usize, out: usize, size: i32): void {
  if (operation === GREATER) compareAll(GREATER, a, aStep, b, bStep, out, size)
  else if (operation === GREATER_EQUAL) compareAll(GREATER_EQUAL, a, aStep, b, bStep, out, size)
  else if (operation === LESS) compareAll(LESS, a, aStep, b, bStep, out, size)
  else if (operation === LESS_EQUAL) compareAll(LESS_EQUAL, a, aStep, b, bStep, out, size)
  else if (operation === EQUAL) compareAll(EQUAL, a, aStep, b, bStep, out, size)
  else compareAll(NOT_EQUAL, a, aStep, b, bStep, out, size)
}

export function minimum(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, size: i32): void {
  const end = out + ((<usize>size) << 2)
  for (; out + 16 <= end; out += 16) {
    v128.store(out, f32x4.min(v128.load(a), v128.load(b)))
    a += aStep >> 2
    b += bStep >> 2
  }
  for (; out < end; out += 4) {
    store<f32>(out, min(load<f32>(a), load<f32>(b)))
    a += aStep >> 4
    b += bStep >> 4
  }
}

export function maximum(a: usize, aStep: usize, b: usize, bStep: usize, out: usize, size: i32): void {
  const end = out + ((<usize>size) << 2)
  for (; out + 16 <= end; out += 16) {
    v128.store(out, f32x4.max(v128.load(a), v128.load(b)))
    a += aStep >> 2
    b += bStep >> 2
  }
  for (; out < end; out += 4) {
    store<f32>(out, max(load<f32>(a), load<f32>(b)))
    a += aStep >> 4
    b += bStep >> 4
  }
}

/** out = condition ? a : b, all of one size. */
export function select(condition: usize, a: usize, b: usize, out: usize, size: i32): void {
  let left = size
  for (; left >= 4; left -= 4) {
    const bytes = i16x8.extend_low_i8x16_u(v128.load32_zero(condition))
    const mask = i32x4.ne(i32x4.extend_low_i16x8_u(bytes), i32x4.splat(0))
    v128.store(out, v128.bitselect(v128.load(a), v128.load(b), mask))
    condition += 4
    a += 16
    b += 16
    out += 16
  }
  for (; left > 0; left--) {
    store<f32>(out, load<u8>(condition) ? load<f32>(a) : load<f32>(b))
    condition++
    a += 4
    b += 4
    out += 4
  }
}

/** -1, 0 or 1; 0 for NaN. */
export function sign(x: usize, out: usize, size: i32): void {
  const zeros = f32x4.splat(0)
  const ones = f32x4.splat(1)
  const end = out + ((<usize>size) << 2)
  for (; out + 16 <= end; out += 16) {
    const value = v128.load(x)
    v128.store(out, f32x4.sub(v128.and(f32x4.gt(value, zeros), ones), v128.and(f32x4.lt(value, zeros), ones)))
    x += 16
  }
  for (; out < end; out += 4) {
    const value = load<f32>(x)
    store<f32>(out, <f32>i32(value > 0) - <f32>i32(value < 0))
    x += 4
  }
}
