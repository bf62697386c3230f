/**
 * The panel is the input of the table kernel. For each pair of neighboring output pixels it holds one uint16 per nibble under the
 * taps, tap by tap: the byte offset of the table of these two nibbles. Rows end on whole vectors. Nibbles past the last tap
 * select the table of two zero nibbles, and their weights are zero, so they count nothing.
 */
import { PADDING_BOTH, PADDING_FIRST, PADDING_SECOND } from './tables'
import { tapIndex, tapPixel } from './taps'

/** Table indices of the lower nibbles of two pixels' packed bits, one per byte. */
@inline
function lowNibbles(first: v128, second: v128): v128 {
  return v128.bitselect(first, i16x8.shl(second, 4), i8x16.splat(0x0f))
}

/** Table indices of the upper nibbles. */
@inline
function highNibbles(first: v128, second: v128): v128 {
  return v128.bitselect(i16x8.shr_u(first, 4), second, i8x16.splat(0x0f))
}

/** 16 table indices, one per byte, of the first 8 of 16 bytes. */
@inline
function firstHalf(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
}

/** 16 table indices, one per byte, of the last 8 of 16 bytes. */
@inline
function lastHalf(low: v128, high: v128): v128 {
  return i8x16.shuffle(low, high, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
}

/** 16 table indices, one per byte, from 8 bytes of packed bits of each pixel. */
@inline
function pairNibbles(first: v128, second: v128): v128 {
  return firstHalf(lowNibbles(first, second), highNibbles(first, second))
}

/** Stores 16 indices of pairs without padding as byte offsets of tables. */
@inline
function storeInside(panel: usize, indices: v128): void {
  v128.store(panel, i16x8.shl(i16x8.extend_low_i8x16_u(indices), 4))
  v128.store(panel, i16x8.shl(i16x8.extend_high_i8x16_u(indices), 4), 16)
}

/** Stores 16 indices as byte offsets of tables. */
@inline
function storeOffsets(panel: usize, indices: v128, base: v128): void {
  v128.store(panel, i16x8.shl(i16x8.add(i16x8.extend_low_i8x16_u(indices), base), 4))
  v128.store(panel, i16x8.shl(i16x8.add(i16x8.extend_high_i8x16_u(indices), base), 4), 16)
}

/** For a tap inside the input for both pixels, or a run of such pixels with bytes that follow each other. */
@inline
export function fillInside(panel: usize, first: usize, second: usize, bytes: i32): void {
  let i = 0
  for (; i + 16 <= bytes; i += 16) {
    const bits = v128.load(first + i)
    const others = v128.load(second + i)
    const low = lowNibbles(bits, others)
    const high = highNibbles(bits, others)
    storeInside(panel, firstHalf(low, high))
    storeInside(panel + 32, lastHalf(low, high))
    panel += 64
  }
  for (; i < bytes; i += 8) {
    storeInside(panel, pairNibbles(v128.load64_zero(first + i), v128.load64_zero(second + i)))
    panel += 32
  }
}

/** For a tap in the padding for one pixel or both: such a pixel has the address 0. */
export function fillPadded(panel: usize, first: usize, second: usize, bytes: i32): void {
  const zero = i8x16.splat(0)
  const base = i16x8.splat(first ? <i16>PADDING_SECOND : second ? <i16>PADDING_FIRST : <i16>PADDING_BOTH)
  const inside = first | second
  for (let i = 0; i < bytes; i += 8) {
    const indices = inside ? pairNibbles(v128.load64_zero(inside + i), zero) : zero
    storeOffsets(panel, indices, base)
    panel += 32
  }
}

/**
 * Writes panel rows of the output pixels `fromPixel` to `toPixel`, two per row (an odd last pixel is paired with itself), and for each
 * pixel its int16 base, `baseBytes` apart: the sum if no bit differed. If a tap's last nibble is partly filled, a tap in the padding
 * makes the count too high or low by a constant, and the base corrects this.
 *
 * `input` points to the group's first byte of the first pixel. `outside` points to the bits that taps outside read, or is 0 for none.
 */
export function buildPanel(
  input: usize,
  panel: usize,
  bases: usize,
  rows: usize,
  columns: usize,
  outside: usize,
  pixelBytes: i32,
  width: i32,
  outputWidth: i32,
  kernelHeight: i32,
  kernelWidth: i32,
  channels: i32,
  panelRowBytes: i32,
  baseBytes: i32,
  fromPixel: i32,
  toPixel: i32,
): void {
  const tapBytes = (channels + 7) >> 3
  const tapNibbles = (channels + 3) >> 2
  const taps = kernelHeight * kernelWidth
  const correction = (tapNibbles << 2) - channels
  for (let pixel = fromPixel; pixel < toPixel; pixel += 2) {
    const other = min(pixel + 1, toPixel - 1)
    const y0 = pixel / outputWidth
    const x0 = pixel - y0 * outputWidth
    const y1 = other / outputWidth
    const x1 = other - y1 * outputWidth
    let base0 = taps * channels
    let base1 = base0
    let at = panel
    const end = panel + panelRowBytes
    for (let ky = 0; ky < kernelHeight; ky++) {
      const row0 = tapIndex(rows, y0, kernelHeight, ky)
      const row1 = tapIndex(rows, y1, kernelHeight, ky)
      for (let kx = 0; kx < kernelWidth; kx++) {
        const source0 = tapPixel(row0, tapIndex(columns, x0, kernelWidth, kx), width)
        const source1 = tapPixel(row1, tapIndex(columns, x1, kernelWidth, kx), width)
        const first = source0 < 0 ? outside : input + source0 * pixelBytes
        const second = source1 < 0 ? outside : input + source1 * pixelBytes
        if (first && second) {
          fillInside(at, first, second, tapBytes)
        } else {
          fillPadded(at, first, second, tapBytes)
          if (!first) base0 += correction
          if (!second) base1 += correction
        }
        at += tapNibbles << 1
      }
    }
    for (; at < end; at += 2) store<u16>(at, 0)
    store<i16>(bases, base0)
    store<i16>(bases + baseBytes, base1)
    bases += baseBytes << 1
    panel += panelRowBytes
  }
}
