/**
 * Turns numbers into packed bits: a bit is `first` XOR the parity of the number of thresholds that `x` reaches.
 *
 * `thresholds` holds `steps` rows of `padded` channels, float32 or, for accumulators, int32 (the ceiling: x >= t for an
 * integer x means x >= ceil(t)). `padded` is the number of channels rounded up to 8. `first` is one bit row. The last byte of a row may
 * come from values of the next row, but the pad bits of `first` are 0 and the last byte is masked.
 */
import { lowBits } from './bits'

@inline
function parity8(low: v128, high: v128): u32 {
  return i16x8.bitmask(i16x8.narrow_i32x4_s(low, high)) & 0xff
}

@inline
function finish(output: usize, byte: i32, parity: u32, first: usize, channels: i32): void {
  store<u8>(output + byte, (parity ^ load<u8>(first + byte)) & lowBits(channels - (byte << 3)))
}

/** 16 comparisons as bits. */
@inline
function parity16(a: v128, b: v128, c: v128, d: v128): u32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)))
}

/** The usual case: one threshold per channel and whole vectors of 16 channels. Thresholds stay in registers for all rows. */
export function thresholdOnce(input: usize, output: usize, rows: i32, channels: i32, thresholds: usize, first: usize): void {
  const rowBytes = channels << 2
  const bitBytes = channels >> 3
  for (let channel = 0; channel < channels; channel += 16) {
    const threshold0 = v128.load(thresholds)
    const threshold1 = v128.load(thresholds, 16)
    const threshold2 = v128.load(thresholds, 32)
    const threshold3 = v128.load(thresholds, 48)
    const sign = <u32>load<u16>(first)
    let from = input
    let to = output
    for (const end = input + rows * rowBytes; from < end; from += rowBytes, to += bitBytes) {
      const bits = parity16(
        f32x4.ge(v128.load(from), threshold0),
        f32x4.ge(v128.load(from, 16), threshold1),
        f32x4.ge(v128.load(from, 32), threshold2),
        f32x4.ge(v128.load(from, 48), threshold3),
      )
      store<u16>(to, bits ^ sign)
    }
    thresholds += 64
    first += 2
    input += 64
    output += 2
  }
}

/** `integers` is a constant after inlining, so it costs nothing at run time. */
@inline
function atLeast(x: v128, threshold: v128, integers: bool): v128 {
  return integers ? i32x4.ge_s(x, threshold) : f32x4.ge(x, threshold)
}

@inline
function rowsOf(
  input: usize,
  output: usize,
  rows: i32,
  channels: i32,
  thresholds: usize,
  steps: i32,
  first: usize,
  integers: bool,
): void {
  const rowBytes = (channels + 7) >> 3
  const stepBytes = rowBytes << 5
  for (let row = 0; row < rows; row++) {
    for (let byte = 0; byte < rowBytes; byte++) {
      const x0 = v128.load(input + (byte << 5))
      const x1 = v128.load(input + (byte << 5), 16)
      let at = thresholds + (byte << 5)
      let low = atLeast(x0, v128.load(at), integers)
      let high = atLeast(x1, v128.load(at, 16), integers)
      for (let step = 1; step < steps; step++) {
        at += stepBytes
        low = v128.xor(low, atLeast(x0, v128.load(at), integers))
        high = v128.xor(high, atLeast(x1, v128.load(at, 16), integers))
      }
      finish(output, byte, parity8(low, high), first, channels)
    }
    input += channels << 2
    output += rowBytes
  }
}

export function threshold(
  input: usize,
  output: usize,
  rows: i32,
  channels: i32,
  thresholds: usize,
  steps: i32,
  first: usize,
): void {
  rowsOf(input, output, rows, channels, thresholds, steps, first, false)
}

export function thresholdAccumulators(
  input: usize,
  output: usize,
  rows: i32,
  channels: i32,
  thresholds: usize,
  steps: i32,
  first: usize,
): void {
  rowsOf(input, output, rows, channels, thresholds, steps, first, true)
}
