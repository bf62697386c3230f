/**
 * Computes bits directly from counts, for a multiple of 16 outputs. A bit is 1 if the sum is above the output's int16 limit, XOR the
 * output's bit of `first`. Limits stay in registers for all pixels. Counts and bases are as for epilogue.ts.
 *
 * If all pixels have the same even base, base - 2 count > limit is equivalent to count < base / 2 - floor(limit / 2).
 */
import { sums } from './epilogue'
import { endPairs, repeatSigns, storePair } from './pair-bits'

/** All ones in the lanes with a sum above the limit. If `uniform`, `limits` are limits of the counts instead. */
@inline
function above(uniform: bool, counts: usize, bases: usize, limits: v128): v128 {
  return uniform ? i16x8.gt_s(limits, v128.load(counts)) : i16x8.gt_s(sums(counts, v128.load16_splat(bases)), limits)
}

@inline
function limitsOf(uniform: bool, bases: usize, limits: usize): v128 {
  const values = v128.load(limits)
  return uniform ? i16x8.sub(i16x8.shr_s(v128.load16_splat(bases), 1), i16x8.shr_s(values, 1)) : values
}

@inline
function pack(
  uniform: bool,
  counts: usize,
  bases: usize,
  output: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  limits: usize,
  first: usize,
): void {
  const rowBytes = outputs >> 3
  for (let at = 0; at < rowBytes; at += 2) {
    const low = limitsOf(uniform, bases, limits + (at << 4))
    const high = limitsOf(uniform, bases, limits + (at << 4) + 16)
    const signs = <u32>load<u16>(first + at)
    let count = counts + (at << 4)
    let base = bases
    let to = output + at
    for (const end = to + pixels * rowBytes; to < end; to += rowBytes) {
      const bits = i8x16.narrow_i16x8_s(above(uniform, count, base, low), above(uniform, count + 16, base, high))
      store<u16>(to, i8x16.bitmask(bits) ^ signs)
      count += countBytes
      base += 2
    }
  }
}

/** Rows of bits. */
export function packCounts(
  counts: usize,
  bases: usize,
  baseBytes: i32,
  output: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  limits: usize,
  first: usize,
): void {
  if (baseBytes) pack(false, counts, bases, output, pixels, outputs, countBytes, limits, first)
  else pack(true, counts, bases, output, pixels, outputs, countBytes, limits, first)
}

/** Table indices of 8 outputs of two pixels, a byte each: the first's nibble and 16 times the second's. */
@inline
function pairBits(uniform: bool, first: usize, second: usize, base0: usize, base1: usize, limits: v128): u32 {
  const bits = i8x16.narrow_i16x8_s(above(uniform, first, base0, limits), above(uniform, second, base1, limits))
  return i8x16.bitmask(i32x4.shuffle(bits, bits, 0, 2, 1, 3))
}

@inline
function packPair(
  uniform: bool,
  first: usize,
  second: usize,
  base0: usize,
  base1: usize,
  low: v128,
  high: v128,
  signs: u32,
  to: usize,
): void {
  const indices = pairBits(uniform, first, second, base0, base1, low)
  storePair(to, (indices | (pairBits(uniform, first + 16, second + 16, base0, base1, high) << 16)) ^ signs)
}

@inline
function packPanel(
  uniform: bool,
  counts: usize,
  bases: usize,
  panel: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  limits: usize,
  first: usize,
  panelRowBytes: i32,
): void {
  const wholeBytes = (pixels >> 1) * panelRowBytes
  for (let at = 0; at < outputs >> 3; at += 2) {
    const low = limitsOf(uniform, bases, limits + (at << 4))
    const high = limitsOf(uniform, bases, limits + (at << 4) + 16)
    const signs = repeatSigns(load<u16>(first + at))
    let count = counts + (at << 4)
    let base = bases
    let to = panel + (at << 2)
    for (const end = to + wholeBytes; to < end; to += panelRowBytes) {
      packPair(uniform, count, count + countBytes, base, base + 2, low, high, signs, to)
      count += countBytes << 1
      base += 4
    }
    if (pixels & 1) packPair(uniform, count, count, base, base, low, high, signs, to)
  }
  endPairs(panel, ((pixels + 1) >> 1) * panelRowBytes, panelRowBytes, outputs)
}

/** Panel rows of a 1x1 layer, two pixels per row. An odd last pixel is paired with itself. */
export function packCountPairs(
  counts: usize,
  bases: usize,
  baseBytes: i32,
  panel: usize,
  pixels: i32,
  outputs: i32,
  countBytes: i32,
  limits: usize,
  first: usize,
  panelRowBytes: i32,
): void {
  if (baseBytes) packPanel(false, counts, bases, panel, pixels, outputs, countBytes, limits, first, panelRowBytes)
  else packPanel(true, counts, bases, panel, pixels, outputs, countBytes, limits, first, panelRowBytes)
}
