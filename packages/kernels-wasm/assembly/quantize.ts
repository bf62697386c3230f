/**
 * Turns real images into integers for the integer convolution. A value `x` becomes the integer nearest to `x / step`. The step is the
 * range of this sample's values and 0, divided by the highest level. Levels count from 0. `scaling` holds the step and its inverse as
 * float32, then the least and the greatest integer as int32. Minus the least is the level of 0.
 *
 * Images are stored with their border, so windows need no check of their position. An int16 image holds the integers themselves, a
 * uint8 image (7 bits of it) their levels.
 */

/** Keeps the inverse of the step finite. Real images have far larger steps. */
@inline const LEAST_STEP: f32 = 1e-30

@inline
function smallestLane(x: v128): f32 {
  return min(min(f32x4.extract_lane(x, 0), f32x4.extract_lane(x, 1)), min(f32x4.extract_lane(x, 2), f32x4.extract_lane(x, 3)))
}

/**
 * Writes the scaling of `count` values to `highest` + 1 levels. An infinity among the values makes the step infinite, and thereby every
 * output NaN; a NaN counts as 0.
 */
export function chooseScaling(input: usize, scaling: usize, count: i32, highest: i32): void {
  let least0 = f32x4.splat(0)
  let least1 = least0
  let greatest0 = least0
  let greatest1 = least0
  const end = input + (count << 2)
  for (; input + 32 <= end; input += 32) {
    const x0 = v128.load(input)
    least0 = f32x4.pmin(least0, x0)
    greatest0 = f32x4.pmax(greatest0, x0)
    const x1 = v128.load(input, 16)
    least1 = f32x4.pmin(least1, x1)
    greatest1 = f32x4.pmax(greatest1, x1)
  }
  for (; input < end; input += 4) {
    const x = v128.load32_splat(input)
    least0 = f32x4.pmin(least0, x)
    greatest0 = f32x4.pmax(greatest0, x)
  }
  const low = smallestLane(f32x4.pmin(least0, least1))
  const high = -smallestLane(f32x4.neg(f32x4.pmax(greatest0, greatest1)))
  const levels = <f32>highest
  const step = max(high / levels - low / levels, LEAST_STEP)
  const inverse: f32 = 1 / step
  const zero = i32x4.extract_lane(nearestInteger(f32x4.splat(-low), f32x4.splat(inverse)), 0)
  store<f32>(scaling, step)
  store<f32>(scaling, inverse, 4)
  store<i32>(scaling, -zero, 8)
  store<i32>(scaling, highest - zero, 12)
}

@inline
function nearestInteger(x: v128, inverse: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, inverse)))
}

/** Four integers. */
@inline
function quantized(x: v128, scaling: usize): v128 {
  const q = nearestInteger(x, v128.load32_splat(scaling, 4))
  return i32x4.min_s(i32x4.max_s(q, v128.load32_splat(scaling, 8)), v128.load32_splat(scaling, 12))
}

/** The stored form of an integer: itself as int16, its level as uint8. */
@inline
function stored<T>(q: i32, scaling: usize): T {
  return <T>(sizeof<T>() === 1 ? q - load<i32>(scaling, 8) : q)
}

/** Eight values. */
@inline
function quantizeEight<T>(input: usize, output: usize, scaling: usize): void {
  let q = i16x8.narrow_i32x4_s(quantized(v128.load(input), scaling), quantized(v128.load(input, 16), scaling))
  if (sizeof<T>() === 1) {
    q = i16x8.sub(q, v128.load16_splat(scaling, 8))
    v128.store64_lane(output, i8x16.narrow_i16x8_u(q, q), 0)
  } else {
    v128.store(output, q)
  }
}

/**
 * Writes rows `fromRow` to `toRow` of the image with its border. A row of the output has `left` zeros, then the first `taken` of the
 * `rowValues` values of a row of the input, then zeros, `outputValues` in all. `top` rows of zeros come before the first row of the input.
 */
@inline
function quantizeRows<T>(
  input: usize,
  output: usize,
  scaling: usize,
  height: i32,
  rowValues: i32,
  taken: i32,
  outputValues: i32,
  top: i32,
  left: i32,
  fromRow: i32,
  toRow: i32,
): void {
  const zero = stored<T>(0, scaling)
  output += fromRow * outputValues * sizeof<T>()
  for (let row = fromRow; row < toRow; row++) {
    const y = row - top
    const inside = y >= 0 && y < height
    const first = inside ? left : outputValues
    const last = inside ? left + taken : outputValues
    for (let i = 0; i < first; i++) store<T>(output + i * sizeof<T>(), zero)
    if (inside) {
      let from = input + ((y * rowValues) << 2)
      let i = first
      for (; i + 8 <= last; i += 8, from += 32) quantizeEight<T>(from, output + i * sizeof<T>(), scaling)
      for (; i < last; i++, from += 4) {
        store<T>(output + i * sizeof<T>(), stored<T>(i32x4.extract_lane(quantized(v128.load32_splat(from), scaling), 0), scaling))
      }
    }
    for (let i = last; i < outputValues; i++) store<T>(output + i * sizeof<T>(), zero)
    output += outputValues * sizeof<T>()
  }
}

export function quantizeRows16(
  input: usize,
  output: usize,
  scaling: usize,
  height: i32,
  rowValues: i32,
  taken: i32,
  outputValues: i32,
  top: i32,
  left: i32,
  fromRow: i32,
  toRow: i32,
): void {
  quantizeRows<i16>(input, output, scaling, height, rowValues, taken, outputValues, top, left, fromRow, toRow)
}

export function quantizeRows8(
  input: usize,
  output: usize,
  scaling: usize,
  height: i32,
  rowValues: i32,
  taken: i32,
  outputValues: i32,
  top: i32,
  left: i32,
  fromRow: i32,
  toRow: i32,
): void {
  quantizeRows<u8>(input, output, scaling, height, rowValues, taken, outputValues, top, left, fromRow, toRow)
}
