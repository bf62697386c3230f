/**
 * Convolution of an image of integers (quantize.ts) with integer weights. Lanes are output channels. Sums are int32 and exact, so they
 * are the same on every build. The caller scales the weights so that sums cannot overflow. Integers as int16 use a dot product of 2 per
 * lane, which every build has. Levels of 7 bits with int8 weights use one of 4 per lane, which only relaxed SIMD has. There sums begin at
 * minus the level of 0 times the sum of the weights.
 *
 * The kernel copies the windows of a few pixels side by side, and computes tiles of 2 pixels x 16 outputs. Tables have blocks of 16
 * outputs, filled up with zeros, 64 bytes per vector of 16:
 * - weights are `[block][step][16 outputs][values of a step]`; a step is the 4 bytes of a window that one lane takes;
 * - `weightFactors`, `[block][2][16]` float32: the real value of an integer step of the weights, and the sum of the weights;
 * - `factors`, `[block][2][16]`: the real value of an integer step of this sample's sums, float32, and the initial sums, int32;
 * - `constants`, `[block][2][16]` float32: bias, and slope of the PReLU that follows (1: none follows).
 */
import { storeOutputs } from './store-outputs'

/** The kernel keeps the windows of this many pixels at a time. */
@inline const CHUNK = 16
/** Bytes of two entries for each of 16 outputs. */
@inline const BLOCK_BYTES = 128

/** Writes the `factors` for integers made by `scaling`. `levels` is true for sums of levels. */
export function scaleFactors(scaling: usize, weightFactors: usize, factors: usize, blocks: i32, levels: i32): void {
  const step = v128.load32_splat(scaling)
  const least = levels ? v128.load32_splat(scaling, 8) : i32x4.splat(0)
  for (const end = factors + blocks * BLOCK_BYTES; factors < end; factors += BLOCK_BYTES, weightFactors += BLOCK_BYTES) {
    for (let i = 0; i < 64; i += 16) {
      v128.store(factors + i, f32x4.mul(v128.load(weightFactors + i), step))
      const sums = i32x4.trunc_sat_f32x4_s(v128.load(weightFactors + i, 64))
      v128.store(factors + i, i32x4.mul(sums, least), 64)
    }
  }
}

/** Adds the products of one step. */
@inline
function accumulate<T>(sum: v128, values: v128, weights: v128): v128 {
  if (sizeof<T>() === 1) return i32x4.relaxed_dot_i8x16_i7x16_add_s(weights, values, sum)
  return i32x4.add(sum, i32x4.dot_i16x8_s(values, weights))
}

/** The outputs of 4 sums. */
@inline
function finish(sum: v128, factors: usize, constants: usize): v128 {
  const zero = f32x4.splat(0)
  const x = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(sum), v128.load(factors)), v128.load(constants))
  return f32x4.add(f32x4.pmax(x, zero), f32x4.mul(f32x4.pmin(x, zero), v128.load(constants, 64)))
}

@inline
function storePixel(
  output: usize,
  sum0: v128,
  sum1: v128,
  sum2: v128,
  sum3: v128,
  factors: usize,
  constants: usize,
  outputs: i32,
): void {
  const x0 = finish(sum0, factors, constants)
  const x1 = finish(sum1, factors + 16, constants + 16)
  const x2 = finish(sum2, factors + 32, constants + 32)
  const x3 = finish(sum3, factors + 48, constants + 48)
  if (outputs >= 16) {
    v128.store(output, x0)
    v128.store(output, x1, 16)
    v128.store(output, x2, 32)
    v128.store(output, x3, 48)
  } else {
    storeOutputs(output, x0, x1, outputs)
    if (outputs > 8) storeOutputs(output + 32, x2, x3, outputs - 8)
  }
}

/** Two windows of `steps` steps, `windowBytes` apart. Only the first `pixels` and `outputs` are stored. */
function integerPair<T>(
  window: usize,
  windowBytes: i32,
  steps: i32,
  weights: usize,
  factors: usize,
  constants: usize,
  output: usize,
  outputPixelBytes: i32,
  pixels: i32,
  outputs: i32,
): void {
  let sum00 = v128.load(factors, 64)
  let sum01 = v128.load(factors, 80)
  let sum02 = v128.load(factors, 96)
  let sum03 = v128.load(factors, 112)
  let sum10 = sum00
  let sum11 = sum01
  let sum12 = sum02
  let sum13 = sum03
  let second = pixels > 1 ? window + windowBytes : window
  for (const end = window + (steps << 2); window < end; window += 4) {
    const w0 = v128.load(weights)
    const w1 = v128.load(weights, 16)
    const w2 = v128.load(weights, 32)
    const w3 = v128.load(weights, 48)
    const x0 = v128.load32_splat(window)
    sum00 = accumulate<T>(sum00, x0, w0)
    sum01 = accumulate<T>(sum01, x0, w1)
    sum02 = accumulate<T>(sum02, x0, w2)
    sum03 = accumulate<T>(sum03, x0, w3)
    const x1 = v128.load32_splat(second)
    sum10 = accumulate<T>(sum10, x1, w0)
    sum11 = accumulate<T>(sum11, x1, w1)
    sum12 = accumulate<T>(sum12, x1, w2)
    sum13 = accumulate<T>(sum13, x1, w3)
    second += 4
    weights += 64
  }
  storePixel(output, sum00, sum01, sum02, sum03, factors, constants, outputs)
  if (pixels > 1) storePixel(output + outputPixelBytes, sum10, sum11, sum12, sum13, factors, constants, outputs)
}

/** Copies the runs of a window one after the other, by whole vectors. The next run overwrites the excess of the one before. */
@inline
function copyWindow(corner: usize, window: usize, offsets: usize, runs: i32, runBytes: i32): void {
  for (const end = offsets + (runs << 2); offsets < end; offsets += 4) {
    const run = corner + load<i32>(offsets)
    for (let i = 0; i < runBytes; i += 16) v128.store(window + i, v128.load(run + i))
    window += runBytes
  }
}

/**
 * Computes the output pixels `fromPixel` to `toPixel`. A window is `runs` stretches of `runBytes` bytes of the image, at `offsets` from
 * its corner. Corners are `rowBytes` and `columnBytes` apart. `windows` has room for 16 windows of `4 * steps` bytes and a vector.
 */
@inline
function integerConv<T>(
  image: usize,
  output: usize,
  weights: usize,
  factors: usize,
  constants: usize,
  offsets: usize,
  windows: usize,
  outputWidth: i32,
  rowBytes: i32,
  columnBytes: i32,
  runs: i32,
  runBytes: i32,
  steps: i32,
  outputs: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const windowBytes = steps << 2
  const outputPixelBytes = outputs << 2
  const blockBytes = steps << 6
  let y = fromPixel / outputWidth
  let x = fromPixel - y * outputWidth
  for (let first = fromPixel; first < toPixel; first += CHUNK) {
    const pixels = min(toPixel - first, CHUNK)
    for (let i = 0; i < pixels; i++) {
      copyWindow(image + y * rowBytes + x * columnBytes, windows + i * windowBytes, offsets, runs, runBytes)
      if (++x === outputWidth) {
        x = 0
        y++
      }
    }
    let blockWeights = weights
    let blockFactors = factors
    let blockTail = constants
    for (let out = 0; out < outputs; out += 16) {
      const to = output + first * outputPixelBytes + (out << 2)
      for (let i = 0; i < pixels; i += 2) {
        integerPair<T>(
          windows + i * windowBytes,
          windowBytes,
          steps,
          blockWeights,
          blockFactors,
          blockTail,
          to + i * outputPixelBytes,
          outputPixelBytes,
          pixels - i,
          outputs - out,
        )
      }
      blockWeights += blockBytes
      blockFactors += BLOCK_BYTES
      blockTail += BLOCK_BYTES
    }
  }
}

export function integerConv16(
  image: usize,
  output: usize,
  weights: usize,
  factors: usize,
  constants: usize,
  offsets: usize,
  windows: usize,
  outputWidth: i32,
  rowBytes: i32,
  columnBytes: i32,
  runs: i32,
  runBytes: i32,
  steps: i32,
  outputs: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  integerConv<i16>(
    image,
    output,
    weights,
    factors,
    constants,
    offsets,
    windows,
    outputWidth,
    rowBytes,
    columnBytes,
    runs,
    runBytes,
    steps,
    outputs,
    fromPixel,
    toPixel,
  )
}

/** In relaxed builds only. */
export function integerConv8(
  image: usize,
  output: usize,
  weights: usize,
  factors: usize,
  constants: usize,
  offsets: usize,
  windows: usize,
  outputWidth: i32,
  rowBytes: i32,
  columnBytes: i32,
  runs: i32,
  runBytes: i32,
  steps: i32,
  outputs: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  integerConv<u8>(
    image,
    output,
    weights,
    factors,
    constants,
    offsets,
    windows,
    outputWidth,
    rowBytes,
    columnBytes,
    runs,
    runBytes,
    steps,
    outputs,
    fromPixel,
    toPixel,
  )
}
