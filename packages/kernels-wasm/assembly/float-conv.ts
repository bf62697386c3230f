/**
 * Real convolution, lanes over output channels: a tile is 4 pixels x 8 outputs, so the 8 sums stay in registers while each
 * output is still accumulated tap by tap, channel by channel, in the order the op states.
 *
 * Weights are `[group][block of 8 outputs][tap][channel][8]`, filled up with zeros. For a tile the address of every tap of
 * every pixel is written to `pointers` once. A tap outside the input points to a row of zeros: adding +-0 to a sum that
 * began at +0 changes nothing, as long as the weights are finite. Where they are not, `skipping` runs pixel by pixel and
 * leaves such taps out.
 */
import { tapIndex, tapPixel } from './taps'

@inline const TILE = 4

/** Addresses of the taps of one pixel, 16 bytes apart. */
function writePointers(
  pointers: usize, input: usize, zeros: usize, rows: usize, columns: usize,
  pixelBytes: i32, width: i32, outputWidth: i32, kernelHeight: i32, kernelWidth: i32, pixel: i32,
): void {
  const y = pixel / outputWidth
  const x = pixel % outputWidth
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
      store<usize>(pointers, source < 0 ? zeros : input + source * pixelBytes)
      pointers += 16
    }
  }
}

/** Stores the first `outputs` (up to 8) of two vectors. */
@inline
function storeOutputs(output: usize, low: v128, high: v128, outputs: i32): void {
  if (outputs >= 8) {
    v128.store(output, low)
    v128.store(output, high, 16)
  } else {
    storePart(output, low, outputs)
    if (outputs > 4) storePart(output + 16, high, outputs - 4)
  }
}

function storePart(output: usize, x: v128, outputs: i32): void {
  if (outputs >= 4) {
    v128.store(output, x)
    return
  }
  store<f32>(output, f32x4.extract_lane(x, 0))
  if (outputs > 1) store<f32>(output, f32x4.extract_lane(x, 1), 4)
  if (outputs > 2) store<f32>(output, f32x4.extract_lane(x, 2), 8)
}

/** One block of 8 outputs of one tile. `offset` is the byte of the group's first channel in a pixel. */
function tile(
  pointers: usize, taps: i32, channels: i32, offset: i32, weights: usize, bias: usize,
  output: usize, outputPixelBytes: i32, outputs: i32, pixels: i32,
): void {
  let sum00 = f32x4.splat(0)
  let sum01 = sum00
  let sum10 = sum00
  let sum11 = sum00
  let sum20 = sum00
  let sum21 = sum00
  let sum30 = sum00
  let sum31 = sum00
  const end = pointers + (taps << 4)
  for (; pointers < end; pointers += 16) {
    let pixel0 = load<usize>(pointers) + offset
    let pixel1 = load<usize>(pointers, 4) + offset
    let pixel2 = load<usize>(pointers, 8) + offset
    let pixel3 = load<usize>(pointers, 12) + offset
    for (let channel = 0; channel < channels; channel++) {
      const weights0 = v128.load(weights)
      const weights1 = v128.load(weights, 16)
      const x0 = v128.load32_splat(pixel0)
      sum00 = f32x4.add(sum00, f32x4.mul(x0, weights0))
      sum01 = f32x4.add(sum01, f32x4.mul(x0, weights1))
      const x1 = v128.load32_splat(pixel1)
      sum10 = f32x4.add(sum10, f32x4.mul(x1, weights0))
      sum11 = f32x4.add(sum11, f32x4.mul(x1, weights1))
      const x2 = v128.load32_splat(pixel2)
      sum20 = f32x4.add(sum20, f32x4.mul(x2, weights0))
      sum21 = f32x4.add(sum21, f32x4.mul(x2, weights1))
      const x3 = v128.load32_splat(pixel3)
      sum30 = f32x4.add(sum30, f32x4.mul(x3, weights0))
      sum31 = f32x4.add(sum31, f32x4.mul(x3, weights1))
      pixel0 += 4
      pixel1 += 4
      pixel2 += 4
      pixel3 += 4
      weights += 32
    }
  }
  const bias0 = v128.load(bias)
  const bias1 = v128.load(bias, 16)
  storeOutputs(output, f32x4.add(sum00, bias0), f32x4.add(sum01, bias1), outputs)
  if (pixels > 1) storeOutputs(output + outputPixelBytes, f32x4.add(sum10, bias0), f32x4.add(sum11, bias1), outputs)
  if (pixels > 2) storeOutputs(output + outputPixelBytes * 2, f32x4.add(sum20, bias0), f32x4.add(sum21, bias1), outputs)
  if (pixels > 3) storeOutputs(output + outputPixelBytes * 3, f32x4.add(sum30, bias0), f32x4.add(sum31, bias1), outputs)
}

/** One block of 8 outputs of one pixel, leaving out the taps that point to `zeros`. */
function skipping(
  pointers: usize, taps: i32, channels: i32, offset: i32, zeros: usize, weights: usize, bias: usize, output: usize, outputs: i32,
): void {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  for (let tap = 0; tap < taps; tap++) {
    const pixel = load<usize>(pointers + (tap << 4))
    if (pixel == zeros) {
      weights += channels << 5
      continue
    }
    for (let channel = 0; channel < channels; channel++) {
      const x = v128.load32_splat(pixel + offset + (channel << 2))
      sum0 = f32x4.add(sum0, f32x4.mul(x, v128.load(weights)))
      sum1 = f32x4.add(sum1, f32x4.mul(x, v128.load(weights, 16)))
      weights += 32
    }
  }
  storeOutputs(output, f32x4.add(sum0, v128.load(bias)), f32x4.add(sum1, v128.load(bias, 16)), outputs)
}

/**
 * Output pixels `fromPixel` to `toPixel`. `channels` and `outputs` are those of one group; `bias` is padded per group like
 * the weights; `zeros` is one input pixel of zeros; `pointers` has room for 16 bytes a tap.
 */
export function floatConv(
  input: usize, output: usize, weights: usize, bias: usize, rows: usize, columns: usize, zeros: usize, pointers: usize,
  width: i32, outputWidth: i32, kernelHeight: i32, kernelWidth: i32,
  channels: i32, groups: i32, outputs: i32, skip: i32, fromPixel: i32, toPixel: i32,
): void {
  const taps = kernelHeight * kernelWidth
  const inputPixelBytes = (channels * groups) << 2
  const outputPixelBytes = (outputs * groups) << 2
  const step = skip ? 1 : TILE
  for (let first = fromPixel; first < toPixel; first += step) {
    const pixels = min(toPixel - first, step)
    for (let i = 0; i < step; i++) {
      const pixel = first + min(i, pixels - 1)
      writePointers(
        pointers + (i << 2), input, zeros, rows, columns, inputPixelBytes, width, outputWidth, kernelHeight, kernelWidth, pixel,
      )
    }
    let blockWeights = weights
    let blockBias = bias
    for (let group = 0; group < groups; group++) {
      const offset = group * channels << 2
      const to = output + first * outputPixelBytes + (group * outputs << 2)
      for (let out = 0; out < outputs; out += 8) {
        if (skip) {
          skipping(pointers, taps, channels, offset, zeros, blockWeights, blockBias, to + (out << 2), outputs - out)
        } else {
          tile(
            pointers, taps, channels, offset, blockWeights, blockBias, to + (out << 2), outputPixelBytes, outputs - out, pixels,
          )
        }
        blockWeights += taps * channels << 5
        blockBias += 32
      }
    }
  }
}
