/**
 * Float32 as the ops of the graph define it: every product and every quotient is rounded by itself. WGSL promises correct sums
 * and products, but a compiler may fuse a product with the next sum, or cancel sums and products with constants, and a quotient
 * may be 2.5 units off. docs/decisions/0010-exactness-on-webgpu.md explains the remedies.
 */
import type { Piece } from './piece.ts'

/** `hidden(x)`: x, but a compiler no longer knows its origin, because it does not know that `zero` is 0. */
export const HIDDEN: Piece = {
  usesZero: () => true,
  code: () => 'fn hidden(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ zero); }',
}

/** `nothing()`: the 0 at the start of a sum. A compiler that knew it would omit it, and a sum of only -0 would be -0, not 0. */
export const NOTHING: Piece = {
  usesZero: () => true,
  code: () => 'fn nothing() -> f32 { return bitcast<f32>(zero); }',
}

/** `rounded(a * b) + c`, and `rounded4` for vectors: the product is rounded before the sum. */
export const ROUNDED: Piece = {
  usesZero: ({ fusesProducts }) => fusesProducts,
  code: ({ fusesProducts }) =>
    fusesProducts
      ? /* wgsl */ `
fn rounded(x: f32) -> f32 { return bitcast<f32>(bitcast<u32>(x) ^ zero); }
fn rounded4(x: vec4<f32>) -> vec4<f32> { return bitcast<vec4<f32>>(bitcast<vec4<u32>>(x) ^ vec4(zero)); }`
      : /* wgsl */ `
fn rounded(x: f32) -> f32 { return x; }
fn rounded4(x: vec4<f32>) -> vec4<f32> { return x; }`,
}

/**
 * `divided(x, y)`: the quotient, rounded to nearest. The device divides significands of 24 bits, to within a few units. Then
 * integers correct the result: the remainder is less than 2^31, so its lower 32 bits are enough.
 */
export const DIVIDED: Piece = {
  code: () => /* wgsl */ `
const INFINITY = 0x7f800000u;

/** A positive number as significand * 2^(exponent - 150), the significand from 2^23 on and below 2^24. */
struct Scaled { significand: u32, exponent: i32 }

fn scaledOf(magnitude: u32) -> Scaled {
  if (magnitude >= 0x800000u) { return Scaled((magnitude & 0x7fffffu) | 0x800000u, i32(magnitude >> 23u)); }
  let shift = countLeadingZeros(magnitude) - 8u;
  return Scaled(magnitude << shift, 1 - i32(shift));
}

fn divided(x: f32, y: f32) -> f32 {
  let sign = (bitcast<u32>(x) ^ bitcast<u32>(y)) & 0x80000000u;
  let a = bitcast<u32>(x) & 0x7fffffffu;
  let b = bitcast<u32>(y) & 0x7fffffffu;
  if (a > INFINITY || b > INFINITY || (a == INFINITY && b == INFINITY) || (a == 0u && b == 0u)) { return x / y; }
  if (a == INFINITY || b == 0u) { return bitcast<f32>(sign | INFINITY); }
  if (b == INFINITY || a == 0u) { return bitcast<f32>(sign); }
  let dividend = scaledOf(a);
  let divisor = scaledOf(b);
  let below = dividend.significand < divisor.significand;
  let shift = select(23u, 24u, below);
  var quotient = u32((f32(dividend.significand) / f32(divisor.significand)) * f32(1u << shift));
  var rest = bitcast<i32>((dividend.significand << shift) - quotient * divisor.significand);
  let step = i32(divisor.significand);
  for (; rest < 0; rest += step) { quotient -= 1u; }
  for (; rest >= step; rest -= step) { quotient += 1u; }
  let exponent = dividend.exponent - divisor.exponent + select(127, 126, below);
  if (exponent >= 255) { return bitcast<f32>(sign | INFINITY); }
  if (exponent >= 1) {
    let up = u32(2 * rest > step || (2 * rest == step && (quotient & 1u) == 1u));
    return bitcast<f32>(sign | ((u32(exponent - 1) << 23u) + quotient + up));
  }
  let dropped = u32(1 - exponent);
  if (dropped > 24u) { return bitcast<f32>(sign); }
  let kept = quotient >> dropped;
  let half = 1u << (dropped - 1u);
  let left = quotient & ((half << 1u) - 1u);
  let up = u32(left > half || (left == half && (rest > 0 || (kept & 1u) == 1u)));
  return bitcast<f32>(sign | (kept + up));
}`,
}
