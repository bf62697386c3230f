/**
 * Elementwise arithmetic with one constant per channel. `period` is the length of the constants' table: the channels,
 * repeated until they fill whole vectors, so the values are walked as one flat array whatever the number of channels.
 */

/** `x * scale + shift` on float32, product rounded before the sum. */
export function affine(input: usize, output: usize, count: i32, scale: usize, shift: usize, period: i32): void {
  let channel = 0
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(input + (i << 2))
    const product = f32x4.mul(x, v128.load(scale + (channel << 2)))
    v128.store(output + (i << 2), f32x4.add(product, v128.load(shift + (channel << 2))))
    channel += 4
    if (channel == period) channel = 0
  }
}

/** `affine` on int32 accumulators, rounded to float32 first. */
export function affineAccumulators(input: usize, output: usize, count: i32, scale: usize, shift: usize, period: i32): void {
  let channel = 0
  for (let i = 0; i < count; i += 4) {
    const x = f32x4.convert_i32x4_s(v128.load(input + (i << 2)))
    const product = f32x4.mul(x, v128.load(scale + (channel << 2)))
    v128.store(output + (i << 2), f32x4.add(product, v128.load(shift + (channel << 2))))
    channel += 4
    if (channel == period) channel = 0
  }
}

/** `x` where `x >= 0`, else `x * slope`. */
export function prelu(input: usize, output: usize, count: i32, slope: usize, period: i32): void {
  let channel = 0
  for (let i = 0; i < count; i += 4) {
    const x = v128.load(input + (i << 2))
    const negative = f32x4.mul(x, v128.load(slope + (channel << 2)))
    v128.store(output + (i << 2), v128.bitselect(x, negative, f32x4.ge(x, f32x4.splat(0))))
    channel += 4
    if (channel == period) channel = 0
  }
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
    if (at == table + row) at = table
  }
}

/** Accumulators as float32. */
export function convertAccumulators(input: usize, output: usize, count: i32): void {
  for (let i = 0; i < count; i += 4) {
    v128.store(output + (i << 2), f32x4.convert_i32x4_s(v128.load(input + (i << 2))))
  }
}
