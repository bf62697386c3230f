/**
 * The register tile of the real convolution: 4 pixels x 8 outputs. The loop over channels is not unrolled, because V8 11.3 (Node 20)
 * moves the loads of an unrolled body to its start and spills them, which costs a quarter of the speed.
 */

import { finish } from './followers'
import { storeOutputs } from './store-outputs'

@inline
function storePixel(output: usize, sum0: v128, sum1: v128, constants: usize, kind: i32, outputs: i32): void {
  storeOutputs(output, finish(sum0, constants, kind), finish(sum1, constants + 16, kind), outputs)
}

/**
 * One block of 8 outputs of one tile. `pointers` holds 4 addresses per stretch of `channels` values. `offset` is the byte of the
 * group's first channel in a pixel. Only the first `pixels` and `outputs` are stored.
 */
export function floatTile(
  pointers: usize,
  stretches: i32,
  channels: i32,
  offset: i32,
  weights: usize,
  constants: usize,
  kind: i32,
  output: usize,
  outputPixelBytes: i32,
  outputs: i32,
  pixels: i32,
): void {
  let sum00 = f32x4.splat(0)
  let sum01 = sum00
  let sum10 = sum00
  let sum11 = sum00
  let sum20 = sum00
  let sum21 = sum00
  let sum30 = sum00
  let sum31 = sum00
  const end = pointers + (stretches << 4)
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
  storePixel(output, sum00, sum01, constants, kind, outputs)
  if (pixels > 1) storePixel(output + outputPixelBytes, sum10, sum11, constants, kind, outputs)
  if (pixels > 2) storePixel(output + outputPixelBytes * 2, sum20, sum21, constants, kind, outputs)
  if (pixels > 3) storePixel(output + outputPixelBytes * 3, sum30, sum31, constants, kind, outputs)
}
