/**
 * Operations on the sums of a real convolution while they are in registers: bias, [scale, shift,] [PReLU or ReLU], in this order.
 * Each is rounded to float32 as the ops state. The constants of 8 outputs lie together: 8 of the bias, 8 of the scale, 8 of the shift,
 * 8 of the slope.
 */

/** Bytes of the constants of 8 outputs. */
@inline export const FOLLOWER_BYTES = 128

/** Flags of `kind`. */
@inline const AFFINE = 1
@inline const PRELU = 2
@inline const RELU = 4

/** 0 if `x <= 0`, else `x`, so NaN stays NaN. */
@inline
export function positive(x: v128): v128 {
  return v128.andnot(x, f32x4.le(x, f32x4.splat(0)))
}

/** The outputs of 4 sums. `constants` is the address of their bias. */
@inline
export function finish(sum: v128, constants: usize, kind: i32): v128 {
  let x = f32x4.add(sum, v128.load(constants))
  if (kind & AFFINE) x = f32x4.add(f32x4.mul(x, v128.load(constants, 32)), v128.load(constants, 64))
  if (kind & PRELU) x = v128.bitselect(x, f32x4.mul(x, v128.load(constants, 96)), f32x4.ge(x, f32x4.splat(0)))
  if (kind & RELU) x = positive(x)
  return x
}
