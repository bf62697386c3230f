/**
 * Elementwise arithmetic with one constant per channel. `period` is the length of the table of constants: the channels, repeated
 * until they fill whole vectors (four of them for `prelu`). So the kernels walk the values as one flat array for any number of channels.
 */

/** `x * scale + shift` on float32. The product is rounded before the sum. */
export function affine(input: usize, output: usize, count: i32, scale: usize, shift: usize, period: i32): void {
  let channel = 0
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(input + (i << 2))
    const product = f32x4.mul(x, v128.load(scale + (channel << 2)))
    v128.store(output + (i << 2), f32x4.add(product, v128.load(shift + (channel << 2))))
    channel += 4
    if (channel === period) channel = 0
  }
}

/** `affine` on int32 accumulators. They are rounded to float32 first. */
export function affineAccumulators(input: usize, output: usize, count: i32, scale: usize, shift: usize, period: i32): void {
  let channel = 0
  for (let i = 0; i < count; i += 4) {
    const x = f32x4.convert_i32x4_s(v128.load(input + (i << 2)))
    const product = f32x4.mul(x, v128.load(scale + (channel << 2)))
    v128.store(output + (i << 2), f32x4.add(product, v128.load(shift + (channel << 2))))
    channel += 4
    if (channel === period) channel = 0
  }
}

@inline const ANY_SLOPE = 0
@inline const UP_TO_ONE = 1

@inline
function preluVector(kind: i32, input: usize, output: usize, slope: usize): void {
  const x = v128.load(input)
  const product = f32x4.mul(x, v128.load(slope))
  v128.store(output, kind === UP_TO_ONE ? f32x4.pmax(x, product) : v128.bitselect(x, product, f32x4.ge(x, f32x4.splat(0))))
}

/** Takes four vectors at a time, because `period` is a multiple of four vectors. */
@inline
function preluVectors(kind: i32, input: usize, output: usize, count: i32, slope: usize, period: i32): void {
  const end = input + (count << 2)
  const last = slope + (period << 2)
  let at = slope
  for (; input + 64 <= end; input += 64, output += 64) {
    preluVector(kind, input, output, at)
    preluVector(kind, input + 16, output + 16, at + 16)
    preluVector(kind, input + 32, output + 32, at + 32)
    preluVector(kind, input + 48, output + 48, at + 48)
    at += 64
    if (at === last) at = slope
  }
  for (; input < end; input += 16, output += 16, at += 16) preluVector(kind, input, output, at)
}

/** `x` where `x >= 0`, else `x * slope`. */
export function prelu(input: usize, output: usize, count: i32, slope: usize, period: i32): void {
  preluVectors(ANY_SLOPE, input, output, count, slope, period)
}

/**
 * `prelu` with slopes of at most 1: the larger of `x` and `x * slope`, or `x` if they are equal or the latter is NaN. No slope may be 0,
 * because an infinite `x` times 0 is NaN.
 */
export function preluUpToOne(input: usize, output: usize, count: i32, slope: usize, period: i32): void {
  preluVectors(UP_TO_ONE, input, output, count, slope, period)
}

/** RPReLU: a PReLU between two shifts. `table` holds three rows of `period`: slopes, shifts before and shifts after. */
export function rprelu(input: usize, output: usize, count: i32, table: usize, period: i32): void {
  const row = period << 2
  let at = table
  for (let i = 0; i < count; i += 4) {
    const x = f32x4.add(v128.load(input + (i << 2)), v128.load(at + row))
    const active = v128.bitselect(x, f32x4.mul(x, v128.load(at)), f32x4.ge(x, f32x4.splat(0)))
    v128.store(output + (i << 2), f32x4.add(active, v128.load(at + 2 * row)))
    at += 16
    if (at === table + row) at = table
  }
}

/** Accumulators as float32. */
export function convertAccumulators(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(output + (i << 2), f32x4.convert_i32x4_s(v128.load(input + (i << 2))))
  }
}
