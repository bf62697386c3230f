/**
 * Turns numbers directly into the panel of a 1x1 layer, if nothing else reads the bits. A bit is `first` XOR `x >= t`, as in
 * threshold.ts. Only for whole vectors of 16 channels. Their thresholds stay in registers for all rows.
 */
import { endPairs, repeatSigns, storePair } from './pair-bits'

/** Table indices of 8 channels of two rows, a byte each: the first row's nibble plus 16 times the second's. */
@inline
function pairBits(first: usize, second: usize, low: v128, high: v128): u32 {
  const lows = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(first), low), f32x4.ge(v128.load(second), low))
  const highs = i16x8.narrow_i32x4_s(f32x4.ge(v128.load(first, 16), high), f32x4.ge(v128.load(second, 16), high))
  return i8x16.bitmask(i8x16.narrow_i16x8_s(lows, highs))
}

/** Panel rows for `rows` rows of `channels` float32, two in each. An odd last row is paired with itself. */
export function thresholdPairs(
  input: usize,
  panel: usize,
  rows: i32,
  channels: i32,
  thresholds: usize,
  first: usize,
  panelRowBytes: i32,
): void {
  const rowBytes = channels << 2
  const panelBytes = ((rows + 1) >> 1) * panelRowBytes
  const wholeBytes = (rows >> 1) * panelRowBytes
  for (let channel = 0; channel < channels; channel += 16) {
    const threshold0 = v128.load(thresholds)
    const threshold1 = v128.load(thresholds, 16)
    const threshold2 = v128.load(thresholds, 32)
    const threshold3 = v128.load(thresholds, 48)
    const signs = repeatSigns(load<u16>(first))
    let from = input + (channel << 2)
    let to = panel + (channel >> 1)
    let second = from + rowBytes
    for (const end = to + wholeBytes; to < end; to += panelRowBytes) {
      const low = pairBits(from, second, threshold0, threshold1)
      const high = pairBits(from + 32, second + 32, threshold2, threshold3)
      storePair(to, (low | (high << 16)) ^ signs)
      from = second + rowBytes
      second = from + rowBytes
    }
    if (rows & 1) {
      const low = pairBits(from, from, threshold0, threshold1)
      const high = pairBits(from + 32, from + 32, threshold2, threshold3)
      storePair(to, (low | (high << 16)) ^ signs)
    }
    thresholds += 64
    first += 2
  }
  endPairs(panel, panelBytes, panelRowBytes, channels)
}
