/**
 * Compares floats as integers. Their bits, inverted for negative numbers, are in the order of the numbers. This includes
 * subnormal numbers and infinities, which a device need not tell from zeros or other numbers.
 */
import type { Piece } from './piece.ts'

const NEGATIVE_ZERO = -1
const NAN = 2147483647

const word = new DataView(new ArrayBuffer(4))

/**
 * The bound for which `thresholdKey(x) >= bound` equals `x >= threshold`. Zeros are equal, so the bound of either is the key of
 * -0. The bound of NaN is above every key.
 */
export function thresholdBound(threshold: number): number {
  if (Number.isNaN(threshold)) return NAN
  if (threshold === 0) return NEGATIVE_ZERO
  word.setFloat32(0, threshold)
  const bits = word.getInt32(0)
  return bits < 0 ? bits ^ 0x7fffffff : bits
}

/** `orderKey(bits)` is its own inverse, with -0 just below 0. `thresholdKey(bits)` puts NaN below all numbers. */
export const ORDER: Piece = {
  code: () => /* wgsl */ `
fn orderKey(bits: u32) -> i32 { return bitcast<i32>(bits ^ ((0u - (bits >> 31u)) >> 1u)); }
fn isNan(bits: u32) -> bool { return (bits & 0x7fffffffu) > 0x7f800000u; }
fn thresholdKey(bits: u32) -> i32 { return select(orderKey(bits), -2147483647 - 1, isNan(bits)); }
/** The nearest number from least to most; NaN stays NaN, and -0 is less than 0. */
fn limited(x: f32, least: f32, most: f32) -> f32 {
  let bits = bitcast<u32>(x);
  let key = clamp(orderKey(bits), orderKey(bitcast<u32>(least)), orderKey(bitcast<u32>(most)));
  return bitcast<f32>(select(bitcast<u32>(orderKey(bitcast<u32>(key))), bits, isNan(bits)));
}
/** The number or 0, whichever is more; NaN stays NaN. */
fn atLeastZero(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  return bitcast<f32>(select(bits, 0u, bits - 0x80000000u <= 0x7f800000u));
}`,
}
