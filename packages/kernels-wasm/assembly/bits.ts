/** Moves bit rows at bit precision and turns them into numbers. */

/** A mask of the low `count` bits. A `count` above 8 counts as 8. */
@inline
export function lowBits(count: i32): u32 {
  return count >= 8 ? 0xff : (1 << count) - 1
}

/** The 8 bits from bit `index` of `bits` on. */
@inline
export function bitsAt(bits: usize, index: i32): u32 {
  return (<u32>load<u16>(bits + (index >> 3)) >> (index & 7)) & 0xff
}

/** ORs `count` bits into cleared rows: row `r` from bit `fromBit` of byte offset `table[r]` to bit `toBit` of row `r`. */
export function gatherBitRows(
  from: usize,
  to: usize,
  rows: i32,
  count: i32,
  table: usize,
  fromBit: i32,
  toBit: i32,
  toRowBytes: i32,
): void {
  for (let row = 0; row < rows; row++) {
    const source = from + load<u32>(table + (row << 2))
    for (let i = 0; i < count; i += 8) {
      const value = bitsAt(source, fromBit + i) & lowBits(count - i)
      const bit = toBit + i
      const target = to + (bit >> 3)
      store<u8>(target, load<u8>(target) | (value << (bit & 7)))
      const carry = value >> (8 - (bit & 7))
      if (carry) store<u8>(target, load<u8>(target, 1) | carry, 1)
    }
    to += toRowBytes
  }
}

/** Copies bits to rows of another length. `to` must be cleared. */
export function repackBits(from: usize, to: usize, count: i32, fromChannels: i32, toChannels: i32): void {
  const fromRowBytes = (fromChannels + 7) >> 3
  const toRowBytes = (toChannels + 7) >> 3
  for (let i = 0; i < count; i++) {
    const source = i % fromChannels
    const bit = bitsAt(from + (i / fromChannels) * fromRowBytes, source) & 1
    const target = i % toChannels
    const at = to + (i / toChannels) * toRowBytes + (target >> 3)
    store<u8>(at, load<u8>(at) | (bit << (target & 7)))
  }
}

/** Bits as float32 +1 and -1. */
export function bitsToFloat(input: usize, output: usize, rows: i32, channels: i32): void {
  const rowBytes = (channels + 7) >> 3
  for (let row = 0; row < rows; row++) {
    for (let channel = 0; channel < channels; channel++) {
      const bit = bitsAt(input, channel) & 1
      store<f32>(output, bit ? 1 : -1)
      output += 4
    }
    input += rowBytes
  }
}
