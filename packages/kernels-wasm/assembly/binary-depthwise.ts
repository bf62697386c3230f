/**
 * Depthwise binary convolution: one output per channel. Lanes are channels. The bits of 16 channels under a tap, XOR the weights,
 * are spread over 16 bytes. Each byte counts the differing bits of its channel.
 */
import { tapIndex, tapPixel } from './taps'

/** Spreads 16 bits over lanes: lane `i` is all ones if bit `i` is set. */
@inline
function spread(bits: i32): v128 {
  const selected = i64x2.splat(0x8040201008040201)
  const bytes = i16x8.splat(<i16>bits)
  const lanes = i8x16.shuffle(bytes, bytes, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1)
  return i8x16.eq(v128.and(lanes, selected), selected)
}

/**
 * Writes uint16 counts of differing bits for the output pixels `fromPixel` to `toPixel`, `countBytes` from pixel to pixel, and for each
 * pixel its int16 base, the sum if no bit differed. Weights are bits `[tap][channel]`, each tap filled up to whole vectors
 * of 16; there are at most 255 taps. `outside` points to the bits that taps outside the input read, or is 0 if they read nothing.
 * `pointers` has room for 8 bytes per tap.
 */
export function depthwiseCounts(
  input: usize,
  counts: usize,
  bases: usize,
  weights: usize,
  rows: usize,
  columns: usize,
  pointers: usize,
  outside: usize,
  pixelBytes: i32,
  width: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  countBytes: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const tapBytes = ((channels + 15) >> 4) << 1
  for (let pixel = fromPixel; pixel < toPixel; pixel++) {
    const y = pixel / outputWidth
    const x = pixel % outputWidth
    let end = pointers
    let tapWeights = weights
    for (let ky = 0; ky < kernelHeight; ky++) {
      const row = tapIndex(rows, y, kernelHeight, ky)
      for (let kx = 0; kx < kernelWidth; kx++) {
        const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
        const from = source < 0 ? outside : input + source * pixelBytes
        if (from) {
          store<usize>(end, from)
          store<usize>(end, tapWeights, 4)
          end += 8
        }
        tapWeights += tapBytes
      }
    }
    store<i16>(bases, (end - pointers) >> 3)
    bases += 2
    for (let byte = 0; byte < tapBytes; byte += 2) {
      let count = i8x16.splat(0)
      for (let tap = pointers; tap < end; tap += 8) {
        count = i8x16.sub(count, spread(load<u16>(load<usize>(tap) + byte) ^ load<u16>(load<usize>(tap, 4) + byte)))
      }
      v128.store(counts + (byte << 4), i16x8.extend_low_i8x16_u(count))
      v128.store(counts + (byte << 4), i16x8.extend_high_i8x16_u(count), 16)
    }
    counts += countBytes
  }
}
