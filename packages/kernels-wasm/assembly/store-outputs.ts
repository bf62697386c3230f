/** Stores outputs that may not fill a whole vector. */

/** Stores the first `outputs` (up to 8) of two vectors. */
@inline
export function storeOutputs(output: usize, low: v128, high: v128, outputs: i32): void {
  if (outputs >= 8) {
    v128.store(output, low)
    v128.store(output, high, 16)
  } else {
    storePart(output, low, outputs)
    if (outputs > 4) storePart(output + 16, high, outputs - 4)
  }
}

/** Stores the first `outputs` of a vector. */
export function storePart(output: usize, x: v128, outputs: i32): void {
  if (outputs >= 4) {
    v128.store(output, x)
    return
  }
  store<f32>(output, f32x4.extract_lane(x, 0))
  if (outputs > 1) store<f32>(output, f32x4.extract_lane(x, 1), 4)
  if (outputs > 2) store<f32>(output, f32x4.extract_lane(x, 2), 8)
}
