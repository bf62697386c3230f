/**
 * Binary convolution by XOR and popcount, K in lanes: the kernel for processors with a vector popcount (ARM), for groups of
 * few outputs, and for sums too long for the table kernel's 16-bit counters.
 *
 * For each pixel and group the bits under all taps are gathered into one row, each tap starting on a byte, with a second row
 * as mask: 1 where the tap counts. Weights have the same layout, one row per output, in blocks of 4 outputs filled up with
 * zero rows. The sum over +-1 is `valid - 2 * popcount((a ^ w) & mask)`.
 */
import { bitsAt, lowBits } from './bits'
import { tapIndex, tapPixel } from './taps'

/** Bytes of a row: taps x bytes per tap, rounded up to whole vectors. */
@inline
function rowLength(taps: i32, channels: i32): i32 {
  return (taps * ((channels + 7) >> 3) + 15) & ~15
}

/** Adds the bytes of `counts` to 4 lanes of 32 bits. */
@inline
function widen(total: v128, counts: v128): v128 {
  return i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts)))
}

@inline
function sumLanes(x: v128): i32 {
  return i32x4.extract_lane(x, 0) + i32x4.extract_lane(x, 1) + i32x4.extract_lane(x, 2) + i32x4.extract_lane(x, 3)
}

/** A byte lane holds 31 popcounts of 8 before it could overflow. */
@inline const VECTORS_PER_FLUSH = 31

/** Writes `valid - 2 * differing bits` of 4 outputs to 4 int32 at `sums`. */
function countFour(bits: usize, mask: usize, weights: usize, length: i32, valid: i32, sums: usize): void {
  const weights1 = weights + length
  const weights2 = weights1 + length
  const weights3 = weights2 + length
  let total0 = i32x4.splat(0)
  let total1 = total0
  let total2 = total0
  let total3 = total0
  for (let from = 0; from < length; from += VECTORS_PER_FLUSH * 16) {
    const to = min(from + VECTORS_PER_FLUSH * 16, length)
    let count0 = i8x16.splat(0)
    let count1 = count0
    let count2 = count0
    let count3 = count0
    for (let i = from; i < to; i += 16) {
      const a = v128.load(bits + i)
      const m = v128.load(mask + i)
      count0 = i8x16.add(count0, i8x16.popcnt(v128.and(v128.xor(a, v128.load(weights + i)), m)))
      count1 = i8x16.add(count1, i8x16.popcnt(v128.and(v128.xor(a, v128.load(weights1 + i)), m)))
      count2 = i8x16.add(count2, i8x16.popcnt(v128.and(v128.xor(a, v128.load(weights2 + i)), m)))
      count3 = i8x16.add(count3, i8x16.popcnt(v128.and(v128.xor(a, v128.load(weights3 + i)), m)))
    }
    total0 = widen(total0, count0)
    total1 = widen(total1, count1)
    total2 = widen(total2, count2)
    total3 = widen(total3, count3)
  }
  store<i32>(sums, valid - (sumLanes(total0) << 1))
  store<i32>(sums, valid - (sumLanes(total1) << 1), 4)
  store<i32>(sums, valid - (sumLanes(total2) << 1), 8)
  store<i32>(sums, valid - (sumLanes(total3) << 1), 12)
}

/** What a tap outside the input reads. */
@inline const OUTSIDE_ZERO = 0
@inline const OUTSIDE_ONE = 1

/**
 * Output pixels `fromPixel` to `toPixel`. `channels` and `outputs` are those of one group. `scratch` holds two rows and
 * 16 bytes. `outside` is 0 for zero, 1 for +1, 2 for -1.
 */
export function popcountConv(
  input: usize, output: usize, weights: usize, rows: usize, columns: usize, scratch: usize,
  pixelBytes: i32, width: i32, outputWidth: i32, kernelHeight: i32, kernelWidth: i32,
  channels: i32, groups: i32, outputs: i32, outside: i32, fromPixel: i32, toPixel: i32,
): void {
  const taps = kernelHeight * kernelWidth
  const tapBytes = (channels + 7) >> 3
  const length = rowLength(taps, channels)
  const mask = scratch + length
  const sums = mask + length
  memory.fill(scratch, 0, length << 1)
  for (let pixel = fromPixel; pixel < toPixel; pixel++) {
    const y = pixel / outputWidth
    const x = pixel % outputWidth
    let groupWeights = weights
    for (let group = 0; group < groups; group++) {
      const firstBit = group * channels
      let valid = 0
      let at = 0
      for (let ky = 0; ky < kernelHeight; ky++) {
        const row = tapIndex(rows, y, kernelHeight, ky)
        for (let kx = 0; kx < kernelWidth; kx++) {
          const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
          const counts = source >= 0 || outside != OUTSIDE_ZERO
          if (counts) valid += channels
          const from = input + source * pixelBytes
          for (let byte = 0; byte < tapBytes; byte++) {
            const real = lowBits(channels - (byte << 3))
            const value = source >= 0 ? bitsAt(from, firstBit + (byte << 3)) : outside == OUTSIDE_ONE ? 0xff : 0
            store<u8>(scratch + at, value & real)
            store<u8>(mask + at, counts ? 0xff : 0)
            at++
          }
        }
      }
      for (let out = 0; out < outputs; out += 4) {
        countFour(scratch, mask, groupWeights, length, valid, sums)
        memory.copy(output + (out << 2), sums, min(outputs - out, 4) << 2)
        groupWeights += length << 2
      }
      output += outputs << 2
    }
  }
}
