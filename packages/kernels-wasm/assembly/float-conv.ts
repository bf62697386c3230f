/**
 * Real convolution, lanes over output channels: a tile is 4 pixels x 8 outputs, so the 8 sums stay in registers while each
 * output is still accumulated tap by tap, channel by channel, in the order the op states.
 *
 * Weights are `[group][block of 8 outputs][tap][channel][8]`, filled up with zeros. For a tile the address of every tap of
 * every pixel is written to `pointers` once. A tap outside the input points to a row of zeros: adding +-0 to a sum that
 * began at +0 changes nothing, as long as the weights are finite. Where they are not, `skipping` runs pixel by pixel and
 * leaves such taps out.
 */
import { floatPair } from './float-pair'
import { floatRow } from './float-row'
import { floatTile } from './float-tile'
import { storeOutputs } from './store-outputs'
import { finish, TAIL_BYTES } from './tail'
import { tapIndex, tapPixel } from './taps'

@inline const TILE = 4

/** Addresses of the taps of the pixel at `y`, `x`, 16 bytes apart; with `merge` only of the first tap of each kernel row. */
@inline
function writePointers(
  pointers: usize, input: usize, zeros: usize, rows: usize, columns: usize,
  pixelBytes: i32, width: i32, kernelHeight: i32, kernelWidth: i32, y: i32, x: i32, merge: bool,
): void {
  const perRow = merge ? 1 : kernelWidth
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    for (let kx = 0; kx < perRow; kx++) {
      const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
      store<usize>(pointers, source < 0 ? zeros : input + source * pixelBytes)
      pointers += 16
    }
  }
}

/**
 * Moves the addresses of an interior tile on to the next one in its row, `bytes` further in the input; those of `zeros` stay.
 */
@inline
function movePointers(pointers: usize, kernelHeight: i32, bytes: i32, zeros: usize): void {
  const step = i32x4.splat(bytes)
  const outside = i32x4.splat(<i32>zeros)
  for (let at = pointers, end = pointers + (kernelHeight << 4); at < end; at += 16) {
    const addresses = v128.load(at)
    v128.store(at, i32x4.add(addresses, v128.andnot(step, i32x4.eq(addresses, outside))))
  }
}

/** One block of 8 outputs of one pixel, leaving out the taps that point to `zeros`. */
function skipping(
  pointers: usize, taps: i32, channels: i32, offset: i32, zeros: usize, weights: usize,
  tail: usize, kind: i32, output: usize, outputs: i32,
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
  storeOutputs(output, finish(sum0, tail, kind), finish(sum1, tail + 16, kind), outputs)
}

/**
 * Whether no pixel of a tile, which begins at column `x` of the output, has a tap left or right of the input, so that each
 * kernel row is one stretch of the input (or, above and below, of `zeros`).
 */
@inline
function isInterior(columns: usize, outputWidth: i32, kernelWidth: i32, x: i32, pixels: i32): bool {
  for (let pixel = 0; pixel < pixels; pixel++) {
    if ((tapIndex(columns, x, kernelWidth, 0) | tapIndex(columns, x, kernelWidth, kernelWidth - 1)) < 0) return false
    if (++x == outputWidth) x = 0
  }
  return true
}

/**
 * Output pixels `fromPixel` to `toPixel`. `channels` and `outputs` are those of one group; `tail` holds the constants of
 * tail.ts, padded per group like the weights, of which `kind` says what follows; `zeros` is one kernel row of zeros; `contiguous`
 * says that neighboring taps read neighboring pixels and that there is one group; `pointers` has room for 16 bytes a tap. `output` is
 * the place of the first of these pixels, `outputPixelBytes` of the next one from there.
 */
export function floatConv(
  input: usize, output: usize, weights: usize, tail: usize, rows: usize, columns: usize, zeros: usize, pointers: usize,
  width: i32, outputWidth: i32, kernelHeight: i32, kernelWidth: i32,
  channels: i32, groups: i32, outputs: i32, contiguous: i32, skip: i32, kind: i32,
  outputPixelBytes: i32, fromPixel: i32, toPixel: i32,
): void {
  const taps = kernelHeight * kernelWidth
  const inputPixelBytes = (channels * groups) << 2
  const step = skip ? 1 : TILE
  let y = fromPixel / outputWidth
  let x = fromPixel - y * outputWidth
  let merge = false
  for (let first = fromPixel; first < toPixel; first += step) {
    const pixels = min(toPixel - first, step)
    const moves = merge && x >= TILE && x + TILE <= outputWidth && pixels == TILE
      && tapIndex(columns, x + TILE - 1, kernelWidth, kernelWidth - 1) >= 0
    if (moves) {
      const columnsOn = tapIndex(columns, x, kernelWidth, 0) - tapIndex(columns, x - TILE, kernelWidth, 0)
      movePointers(pointers, kernelHeight, columnsOn * inputPixelBytes, zeros)
      x += TILE
    } else {
      merge = contiguous != 0 && isInterior(columns, outputWidth, kernelWidth, x, pixels)
      for (let i = 0; i < step; i++) {
        writePointers(
          pointers + (i << 2), input, zeros, rows, columns, inputPixelBytes, width, kernelHeight, kernelWidth, y, x, merge,
        )
        // A tile that is not full repeats its last pixel.
        if (i + 1 < pixels) x++
        if (x == outputWidth) {
          x = 0
          y++
        }
      }
      x++
    }
    if (x == outputWidth) {
      x = 0
      y++
    }
    const stretches = merge ? kernelHeight : taps
    const stretch = merge ? kernelWidth * channels : channels
    let blockWeights = weights
    let blockTail = tail
    for (let group = 0; group < groups; group++) {
      const offset = group * channels << 2
      const to = output + (first - fromPixel) * outputPixelBytes + (group * outputs << 2)
      const blockBytes = taps * channels << 5
      let out = 0
      if (pixels == 1 && !skip) {
        for (; out + 24 <= outputs; out += 24) {
          floatRow(pointers, stretches, stretch, offset, blockWeights, blockBytes, blockTail, kind, to + (out << 2))
          blockWeights += blockBytes * 3
          blockTail += TAIL_BYTES * 3
        }
      }
      for (; !skip && out + 16 <= outputs; out += 16) {
        for (let i = 0; i < pixels; i += 2) {
          floatPair(
            pointers + (i << 2), stretches, stretch, offset, blockWeights, blockBytes, blockTail, kind,
            to + (out << 2) + i * outputPixelBytes, outputPixelBytes, pixels - i,
          )
        }
        blockWeights += blockBytes << 1
        blockTail += TAIL_BYTES << 1
      }
      for (; out < outputs; out += 8) {
        const at = to + (out << 2)
        const left = outputs - out
        if (skip) skipping(pointers, stretches, stretch, offset, zeros, blockWeights, blockTail, kind, at, left)
        else floatTile(pointers, stretches, stretch, offset, blockWeights, blockTail, kind, at, outputPixelBytes, left, pixels)
        blockWeights += blockBytes
        blockTail += TAIL_BYTES
      }
    }
  }
}
