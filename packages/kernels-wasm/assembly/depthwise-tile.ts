/**
 * The register tile of the depthwise real convolution: 4 neighboring pixels x 4 channels. A vector of weights is loaded once for all
 * four pixels.
 */
import { tapIndex } from './taps'

@inline export const TILE = 4

/** True if the `left` pixels from output column `x` on begin with a tile: enough pixels, and no tap left or right of the input. */
@inline
export function isTile(columns: usize, kernelWidth: i32, x: i32, left: i32): bool {
  if (left < TILE) return false
  return (tapIndex(columns, x, kernelWidth, 0) | tapIndex(columns, x + TILE - 1, kernelWidth, kernelWidth - 1)) >= 0
}

/** Writes two addresses per kernel row inside the input: the first pixel's first tap and the row's weights. Returns their end. */
@inline
export function writeRows(
  kernelRows: usize,
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
  const first = tapIndex(columns, x, kernelWidth, 0)
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    if (row < 0) continue
    store<usize>(kernelRows, input + (row * width + first) * pixelBytes)
    store<usize>(kernelRows, weights + ky * kernelWidth * pixelBytes, 4)
    kernelRows += 8
  }
  return kernelRows
}

/** The tile from output column `x` on, of at least 4 channels. The last channels may be computed twice. */
export function depthwiseTile(
  kernelRows: usize,
  end: usize,
  columns: usize,
  kernelWidth: i32,
  x: i32,
  pixelBytes: i32,
  bias: usize,
  output: usize,
): void {
  const first = tapIndex(columns, x, kernelWidth, 0)
  const stepBytes = (tapIndex(columns, x + 1, kernelWidth, 0) - first) * pixelBytes
  const tapBytes = kernelWidth > 1 ? (tapIndex(columns, x, kernelWidth, 1) - first) * pixelBytes : 0
  const rowBytes = kernelWidth * pixelBytes
  for (let channel = 0; channel < pixelBytes; channel += 16) {
    const at = min(channel, pixelBytes - 16)
    let sum0 = f32x4.splat(0)
    let sum1 = sum0
    let sum2 = sum0
    let sum3 = sum0
    for (let row = kernelRows; row < end; row += 8) {
      let pixel0 = load<usize>(row) + at
      let pixel1 = pixel0 + stepBytes
      let pixel2 = pixel1 + stepBytes
      let pixel3 = pixel2 + stepBytes
      let weights = load<usize>(row, 4) + at
      for (const last = weights + rowBytes; weights < last; weights += pixelBytes) {
        const weight = v128.load(weights)
        sum0 = f32x4.add(sum0, f32x4.mul(v128.load(pixel0), weight))
        sum1 = f32x4.add(sum1, f32x4.mul(v128.load(pixel1), weight))
        sum2 = f32x4.add(sum2, f32x4.mul(v128.load(pixel2), weight))
        sum3 = f32x4.add(sum3, f32x4.mul(v128.load(pixel3), weight))
        pixel0 += tapBytes
        pixel1 += tapBytes
        pixel2 += tapBytes
        pixel3 += tapBytes
      }
    }
    const biases = v128.load(bias + at)
    const to = output + at
    v128.store(to, f32x4.add(sum0, biases))
    v128.store(to + pixelBytes, f32x4.add(sum1, biases))
    v128.store(to + 2 * pixelBytes, f32x4.add(sum2, biases))
    v128.store(to + 3 * pixelBytes, f32x4.add(sum3, biases))
  }
}
