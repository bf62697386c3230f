/**
 * Binary convolution by XOR and popcount, with the summed bits in lanes. It is the kernel for processors with a vector popcount (ARM),
 * for groups of few outputs, and for sums too long for the table kernel's 16-bit counters.
 *
 * For each pixel it gathers the bits of a group under all taps into one row. Each tap starts on a byte. Weights have the same layout,
 * one row per output, in blocks of 4 outputs filled up with zero rows. It counts the differing bits for 4 outputs at a time. A pixel
 * with taps in the zero padding has a second row as a mask, 1 for taps that count.
 */
import { bitsAt, lowBits } from './bits'
import { tapIndex, tapPixel } from './taps'

/** Bytes of a row: taps x bytes per tap, rounded up to whole vectors. */
@inline
function rowLength(taps: i32, channels: i32): i32 {
  return (taps * ((channels + 7) >> 3) + 15) & ~15
}

/** A byte lane can hold the sum of 31 popcounts of 8. */
@inline const VECTORS_PER_FLUSH = 31

/** Adds the bytes of `counts` to 4 lanes of 32 bits. */
@inline
function widen(total: v128, counts: v128): v128 {
  return i32x4.add(total, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(counts)))
}

/** The sum of the lanes of each of four vectors. */
@inline
function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(i32x4.shuffle(a, b, 0, 4, 1, 5), i32x4.shuffle(a, b, 2, 6, 3, 7))
  const cd = i32x4.add(i32x4.shuffle(c, d, 0, 4, 1, 5), i32x4.shuffle(c, d, 2, 6, 3, 7))
  return i32x4.add(i64x2.shuffle(ab, cd, 0, 2), i64x2.shuffle(ab, cd, 1, 3))
}

@inline
function differences(masked: bool, bits: v128, weights: usize, mask: v128): v128 {
  const differ = v128.xor(bits, v128.load(weights))
  return i8x16.popcnt(masked ? v128.and(differ, mask) : differ)
}

/** Numbers of bits that differ from the weights of 4 outputs. */
@inline
function countFourRows(masked: bool, bits: usize, mask: usize, weights: usize, length: i32): v128 {
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
      const m = masked ? v128.load(mask + i) : a
      count0 = i8x16.add(count0, differences(masked, a, weights + i, m))
      count1 = i8x16.add(count1, differences(masked, a, weights1 + i, m))
      count2 = i8x16.add(count2, differences(masked, a, weights2 + i, m))
      count3 = i8x16.add(count3, differences(masked, a, weights3 + i, m))
    }
    total0 = widen(total0, count0)
    total1 = widen(total1, count1)
    total2 = widen(total2, count2)
    total3 = widen(total3, count3)
  }
  return sumLanes(total0, total1, total2, total3)
}

function countFour(masked: bool, bits: usize, mask: usize, weights: usize, length: i32): v128 {
  if (masked) return countFourRows(true, bits, mask, weights, length)
  return countFourRows(false, bits, mask, weights, length)
}

/** Kinds of padding. */
@inline const OUTSIDE_ZERO = 0
@inline const OUTSIDE_ONE = 1

/** The `bytes` bytes of a tap's channels, from bit `firstBit` of the pixel on. */
@inline
function copyTap(from: usize, to: usize, bytes: i32, firstBit: i32, channels: i32): void {
  let byte = 0
  if (!((firstBit | channels) & 7)) {
    from += firstBit >> 3
    for (; byte + 8 <= bytes; byte += 8) store<u64>(to + byte, load<u64>(from + byte))
    for (; byte < bytes; byte++) store<u8>(to + byte, load<u8>(from + byte))
  }
  for (; byte < bytes; byte++) {
    store<u8>(to + byte, bitsAt(from, firstBit + (byte << 3)) & lowBits(channels - (byte << 3)))
  }
}

/** Fills a tap with ones in the bits of its channels (+1), or with zeros. */
@inline
function fillTap(to: usize, bytes: i32, ones: bool, channels: i32): void {
  for (let byte = 0; byte < bytes; byte++) store<u8>(to + byte, ones ? lowBits(channels - (byte << 3)) : 0)
}

/**
 * Gathers the row of the output pixel at `y`, `x` into `scratch`, and its mask behind it if a tap does not count. Returns the number
 * of taps that count.
 */
function gatherRow(
  input: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
  pixelBytes: i32,
  width: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  firstBit: i32,
  outside: i32,
  y: i32,
  x: i32,
): i32 {
  const tapBytes = (channels + 7) >> 3
  const mask = scratch + rowLength(kernelHeight * kernelWidth, channels)
  let counting = 0
  let at = 0
  for (let ky = 0; ky < kernelHeight; ky++) {
    const row = tapIndex(rows, y, kernelHeight, ky)
    for (let kx = 0; kx < kernelWidth; kx++) {
      const source = tapPixel(row, tapIndex(columns, x, kernelWidth, kx), width)
      if (source >= 0) copyTap(input + source * pixelBytes, scratch + at, tapBytes, firstBit, channels)
      else fillTap(scratch + at, tapBytes, outside === OUTSIDE_ONE, channels)
      const counts = source >= 0 || outside !== OUTSIDE_ZERO
      counting += <i32>counts
      if (outside === OUTSIDE_ZERO) fillTap(mask + at, tapBytes, counts, channels)
      at += tapBytes
    }
  }
  return counting
}

/**
 * Writes counts of differing bits for the output pixels `fromPixel` to `toPixel` and one group, which begins at bit `firstBit` of a
 * pixel. Counts are uint16, `countBytes` from pixel to pixel. Each pixel also gets its int16 base, `baseBytes` apart: the sum if no bit
 * differed. `channels` and `outputs` count those of the group. `scratch` holds two rows. `outside` is 0 for zero, 1 for +1, 2 for -1.
 */
export function popcountCounts(
  input: usize,
  counts: usize,
  bases: usize,
  weights: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
  pixelBytes: i32,
  width: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  firstBit: i32,
  outputs: i32,
  countBytes: i32,
  baseBytes: i32,
  outside: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const taps = kernelHeight * kernelWidth
  const length = rowLength(taps, channels)
  const mask = scratch + length
  memory.fill(scratch, 0, length << 1)
  for (let pixel = fromPixel; pixel < toPixel; pixel++) {
    const counting = gatherRow(
      input,
      rows,
      columns,
      scratch,
      pixelBytes,
      width,
      kernelHeight,
      kernelWidth,
      channels,
      firstBit,
      outside,
      pixel / outputWidth,
      pixel % outputWidth,
    )
    store<i16>(bases, counting * channels)
    bases += baseBytes
    const masked = counting < taps
    for (let out = 0; out < outputs; out += 4) {
      const four = countFour(masked, scratch, mask, weights + out * length, length)
      v128.store64_lane(counts + (out << 1), i16x8.narrow_i32x4_u(four, four), 0)
    }
    counts += countBytes
  }
}

/** Stores the first `outputs` (up to 4) lanes. */
@inline
function storeLanes(output: usize, x: v128, outputs: i32): void {
  if (outputs >= 4) {
    v128.store(output, x)
    return
  }
  v128.store32_lane(output, x, 0)
  if (outputs > 1) v128.store32_lane(output, x, 1, 4)
  if (outputs > 2) v128.store32_lane(output, x, 2, 8)
}

/** Sums too long for 16 bits, as int32, `outputStride` bytes from pixel to pixel. The rest is as for `popcountCounts`. */
export function popcountSums(
  input: usize,
  output: usize,
  weights: usize,
  rows: usize,
  columns: usize,
  scratch: usize,
  pixelBytes: i32,
  width: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  firstBit: i32,
  outputs: i32,
  outputStride: i32,
  outside: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const taps = kernelHeight * kernelWidth
  const length = rowLength(taps, channels)
  const mask = scratch + length
  memory.fill(scratch, 0, length << 1)
  for (let pixel = fromPixel; pixel < toPixel; pixel++) {
    const counting = gatherRow(
      input,
      rows,
      columns,
      scratch,
      pixelBytes,
      width,
      kernelHeight,
      kernelWidth,
      channels,
      firstBit,
      outside,
      pixel / outputWidth,
      pixel % outputWidth,
    )
    const base = i32x4.splat(counting * channels)
    for (let out = 0; out < outputs; out += 4) {
      const four = countFour(counting < taps, scratch, mask, weights + out * length, length)
      storeLanes(output + (out << 2), i32x4.sub(base, i32x4.shl(four, 1)), outputs - out)
    }
    output += outputStride
  }
}
