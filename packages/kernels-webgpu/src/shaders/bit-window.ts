/** Reads bits of a row of words, from any channel on. */
import type { Piece } from './piece.ts'

/**
 * `bitsAt(start, first)`: 32 bits from channel `first` on, of the row of `WORDS` words of `input` that begins at `start`. Bits
 * before and after the row are 0.
 */
export const BIT_WINDOW: Piece = {
  code: () => /* wgsl */ `
fn wordAt(start: u32, word: i32) -> u32 {
  if (word < 0 || word >= i32(WORDS)) { return 0u; }
  return input[start + u32(word)];
}

fn bitsAt(start: u32, first: i32) -> u32 {
  let shift = u32(first & 31);
  let low = wordAt(start, first >> 5u) >> shift;
  if (shift == 0u) { return low; }
  return low | (wordAt(start, (first >> 5u) + 1) << (32u - shift));
}`,
}

/** WGSL of the mask of the channels in the last word of a row. */
export function lastMask(channels: number): string {
  return channels % 32 === 0 ? '0xffffffffu' : `0x${(2 ** (channels % 32) - 1).toString(16)}u`
}
