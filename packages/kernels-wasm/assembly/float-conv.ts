/**
 * Real convolution with lanes over output channels. A tile is 4 pixels x 8 outputs, so its 8 vectors of sums stay in registers. Each
 * output is still accumulated tap by tap, channel by channel, in the order that the op states.
 *
 * Weights are `[group][block of 8 outputs][tap][channel][8]`, filled up with zeros. For a tile, the kernel writes the address of every
 * tap of every pixel to `pointers` once. A tap outside the input points to a row of zeros: adding +-0 to a sum that
 * began at +0 changes nothing, as long as the weights are finite. If they are not, `skipping` runs pixel by pixel and
 * leaves such taps out.
 */
import { floatPair } from './float-pair'
import { floatRow } from './float-row'
import { floatTile } from './float-tile'
import { FOLLOWER_BYTES, finish } from './followers'
import { storeOutputs } from './store-outputs'
import { tapIndex, tapPixel } from './taps'

@inline const TILE = 4

/** Addresses of the taps of the pixel at `y`, `x`, 16 bytes apart. */
@inline
function writePointers(
  pointers: usize,
  input: usize,
  zeros: usize,
  rows: usize,
  columns: usize,
  pixelBytes: i32,
  width: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  y: i32,
  x: i32,
): void {
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
      store<usize>(pointers, source < 0 ? zeros : input + source * pixelBytes)
      pointers += 16
    }
  }
}

/** One block of 8 outputs of one pixel without the taps that point to `zeros`. */
function skipping(
  pointers: usize,
  taps: i32,
  channels: i32,
  offset: i32,
  zeros: usize,
  weights: usize,
  constants: usize,
  kind: i32,
  output: usize,
  outputs: i32,
): void {
  let sum0 = f32x4.splat(0)
  let sum1 = sum0
  for (let tap = 0; tap < taps; tap++) {
    const pixel = load<usize>(pointers + (tap << 4))
    if (pixel === zeros) {
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
  storeOutputs(output, finish(sum0, constants, kind), finish(sum1, constants + 16, kind), outputs)
}

/**
 * True if the tile from output column `x` on lies in one row and has no tap left or right of the input. Then its pixels read the input
 * at even distances, and each kernel row is one stretch of the input (or of `zeros`, above and below it).
 */
@inline
function isInside(columns: usize, outputWidth: i32, kernelWidth: i32, x: i32): bool {
  if (x + TILE > outputWidth) return false
  const firstPixel = tapIndex(columns, x, kernelWidth, 0) | tapIndex(columns, x, kernelWidth, kernelWidth - 1)
  const last = x + TILE - 1
  return (firstPixel | tapIndex(columns, last, kernelWidth, 0) | tapIndex(columns, last, kernelWidth, kernelWidth - 1)) >= 0
}

/** `writePointers` for all pixels of such a tile. With `merge` it writes only the first tap of each kernel row. */
@inline
function writeTilePointers(
  pointers: usize,
  input: usize,
  zeros: usize,
  rows: usize,
  columns: usize,
  pixelBytes: i32,
  width: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  y: i32,
  x: i32,
  merge: bool,
): void {
  const step = tapIndex(columns, x + 1, kernelWidth, 0) - tapIndex(columns, x, kernelWidth, 0)
  const steps = i32x4.mul(i32x4.splat(step * pixelBytes), i32x4(0, 1, 2, 3))
  const perRow = merge ? 1 : kernelWidth
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    for (let kx = 0; kx < perRow; kx++) {
      const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
      v128.store(pointers, source < 0 ? i32x4.splat(zeros) : i32x4.add(i32x4.splat(input + source * pixelBytes), steps))
      pointers += 16
    }
  }
}

/**
 * Computes the output pixels `fromPixel` to `toPixel`. `channels` and `outputs` count those of one group. `constants` holds the constants
 * of followers.ts, padded per group like the weights. `kind` selects the operations after the sum. `zeros` is one kernel row of zeros.
 * `contiguous` is true if neighboring taps read neighboring pixels and there is one group. `pointers` has room for 16 bytes per tap.
 * `output` is the address of the first of these pixels. The next one follows `outputPixelBytes` later.
 */
export function floatConv(
  input: usize,
  output: usize,
  weights: usize,
  constants: usize,
  rows: usize,
  columns: usize,
  zeros: usize,
  pointers: usize,
  width: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  groups: i32,
  outputs: i32,
  contiguous: i32,
  skip: i32,
  kind: i32,
  outputPixelBytes: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const taps = kernelHeight * kernelWidth
  const inputPixelBytes = (channels * groups) << 2
  const step = skip ? 1 : TILE
  let y = fromPixel / outputWidth
  let x = fromPixel - y * outputWidth
  for (let first = fromPixel; first < toPixel; first += step) {
    const pixels = min(toPixel - first, step)
    const inside = pixels === TILE && isInside(columns, outputWidth, kernelWidth, x)
    const merge = contiguous !== 0 && inside
    const stretches = merge ? kernelHeight : taps
    const stretch = merge ? kernelWidth * channels : channels
    if (inside) {
      writeTilePointers(pointers, input, zeros, rows, columns, inputPixelBytes, width, kernelHeight, kernelWidth, y, x, merge)
      x += TILE
    } else {
      for (let i = 0; i < step; i++) {
        writePointers(pointers + (i << 2), input, zeros, rows, columns, inputPixelBytes, width, kernelHeight, kernelWidth, y, x)
        // A partly filled tile repeats its last pixel.
        if (i + 1 < pixels && ++x === outputWidth) {
          x = 0
          y++
        }
      }
      x++
    }
    if (x === outputWidth) {
      x = 0
      y++
    }
    let blockWeights = weights
    let blockConstants = constants
    for (let group = 0; group < groups; group++) {
      const offset = (group * channels) << 2
      const to = output + (first - fromPixel) * outputPixelBytes + ((group * outputs) << 2)
      const blockBytes = (taps * channels) << 5
      let out = 0
      if (pixels === 1 && !skip) {
        for (; out + 24 <= outputs; out += 24) {
          floatRow(pointers, stretches, stretch, offset, blockWeights, blockBytes, blockConstants, kind, to + (out << 2))
          blockWeights += blockBytes * 3
          blockConstants += FOLLOWER_BYTES * 3
        }
      }
      for (; !skip && out + 16 <= outputs; out += 16) {
        for (let i = 0; i < pixels; i += 2) {
          floatPair(
            pointers + (i << 2),
            stretches,
            stretch,
            offset,
            blockWeights,
            blockBytes,
            blockConstants,
            kind,
            to + (out << 2) + i * outputPixelBytes,
            outputPixelBytes,
            pixels - i,
          )
        }
        blockWeights += blockBytes << 1
        blockConstants += FOLLOWER_BYTES << 1
      }
      for (; out < outputs; out += 8) {
        const at = to + (out << 2)
        const left = outputs - out
        if (skip) skipping(pointers, stretches, stretch, offset, zeros, blockWeights, blockConstants, kind, at, left)
        else
          floatTile(pointers, stretches, stretch, offset, blockWeights, blockConstants, kind, at, outputPixelBytes, left, pixels)
        blockWeights += blockBytes
        blockConstants += FOLLOWER_BYTES
      }
    }
  }
}
