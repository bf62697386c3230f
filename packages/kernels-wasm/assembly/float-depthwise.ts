/**
 * Depthwise real convolution: one output per channel. Weights are `[taps][channels]`. Lanes are channels, 16 at a time while enough are
 * left, then 4. The last 4 may compute some channels again. Fewer than 4 channels go one by one. If no tap is left or right of the
 * input, 4 neighboring pixels go together (`depthwise-tile.ts`).
 */
import { depthwiseTile, isTile, TILE, writeRows } from './depthwise-tile'
import { tapIndex, tapPixel } from './taps'

@inline
function multiplyAdd(sum: v128, pixel: usize, weights: usize, offset: usize): v128 {
  return f32x4.add(sum, f32x4.mul(v128.load(pixel + offset), v128.load(weights + offset)))
}

@inline
function storeBiased(output: usize, sum: v128, bias: usize): void {
  v128.store(output, f32x4.add(sum, v128.load(bias)))
}

/** One output pixel. `taps` to `end` holds two addresses for each tap inside the input: the tap's and its weights'. */
@inline
function depthwisePixel(taps: usize, end: usize, bias: usize, output: usize, pixelBytes: i32): void {
  let at = 0
  for (; at + 64 <= pixelBytes; at += 64) {
    let sum0 = f32x4.splat(0)
    let sum1 = sum0
    let sum2 = sum0
    let sum3 = sum0
    for (let tap = taps; tap < end; tap += 8) {
      const pixel = load<usize>(tap) + at
      const weights = load<usize>(tap, 4) + at
      sum0 = multiplyAdd(sum0, pixel, weights, 0)
      sum1 = multiplyAdd(sum1, pixel, weights, 16)
      sum2 = multiplyAdd(sum2, pixel, weights, 32)
      sum3 = multiplyAdd(sum3, pixel, weights, 48)
    }
    storeBiased(output + at, sum0, bias + at)
    storeBiased(output + at + 16, sum1, bias + at + 16)
    storeBiased(output + at + 32, sum2, bias + at + 32)
    storeBiased(output + at + 48, sum3, bias + at + 48)
  }
  for (; at < pixelBytes && pixelBytes >= 16; at += 16) {
    at = min(at, pixelBytes - 16)
    let sum = f32x4.splat(0)
    for (let tap = taps; tap < end; tap += 8) sum = multiplyAdd(sum, load<usize>(tap), load<usize>(tap, 4), at)
    storeBiased(output + at, sum, bias + at)
  }
  for (; at < pixelBytes; at += 4) {
    let sum: f32 = 0
    for (let tap = taps; tap < end; tap += 8) sum += load<f32>(load<usize>(tap) + at) * load<f32>(load<usize>(tap, 4) + at)
    store<f32>(output + at, sum + load<f32>(bias + at))
  }
}

/** Writes the taps of a pixel for `depthwisePixel`. Returns their end. */
@inline
function writeTaps(
  taps: usize,
  input: usize,
  weights: usize,
  rows: usize,
  columns: usize,
  pixelBytes: i32,
  width: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  y: i32,
  x: i32,
): usize {
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
      if (source >= 0) {
        store<usize>(taps, input + source * pixelBytes)
        store<usize>(taps, weights, 4)
        taps += 8
      }
      weights += pixelBytes
    }
  }
  return taps
}

/** Output pixels `fromPixel` to `toPixel`. `pointers` has room for 8 bytes a tap. */
export function depthwiseConv(
  input: usize,
  output: usize,
  weights: usize,
  bias: usize,
  rows: usize,
  columns: usize,
  pointers: usize,
  width: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const pixelBytes = channels << 2
  let y = fromPixel / outputWidth
  let x = fromPixel - y * outputWidth
  for (let pixel = fromPixel; pixel < toPixel; ) {
    let pixels = 1
    if (channels >= 4 && isTile(columns, kernelWidth, x, min(outputWidth - x, toPixel - pixel))) {
      pixels = TILE
      const end = writeRows(pointers, input, weights, rows, columns, pixelBytes, width, kernelHeight, kernelWidth, y, x)
      depthwiseTile(pointers, end, columns, kernelWidth, x, pixelBytes, bias, output)
    } else {
      const end = writeTaps(pointers, input, weights, rows, columns, pixelBytes, width, kernelHeight, kernelWidth, y, x)
      depthwisePixel(pointers, end, bias, output, pixelBytes)
    }
    output += pixels * pixelBytes
    pixel += pixels
    x += pixels
    if (x === outputWidth) {
      x = 0
      y++
    }
  }
}
