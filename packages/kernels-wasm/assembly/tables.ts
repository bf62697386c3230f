/**
 * The lookup tables of the table kernel. A nibble is 4 channels of one tap of one pixel. Every pair of nibbles has a table of 16 bytes.
 * Entry `w` is the number of bits in which the nibble `w` differs from the first nibble, plus 16 times that for the second. So one
 * lookup in 16 lanes compares 2 pixels with 4 weights of 16 outputs, which makes 128 multiplications.
 *
 * Besides its 16 values, a nibble may be padding. Padding differs from everything by 2 bits of 4, which is a sum of 0.
 * Tables in order: [second 0..15][first 0..15], padding with second 0..15, first 0..15 with padding, padding with padding.
 */

/** Address of the tables in every memory, right after the unused first line. src/program/memory.ts knows it. */
@inline export const TABLES: usize = 64

@inline const PADDING = 16
@inline export const PADDING_FIRST = 256
@inline export const PADDING_SECOND = 272
@inline export const PADDING_BOTH = 288

function differences(nibble: i32, weight: i32): i32 {
  return nibble === PADDING ? 2 : popcnt<i32>(nibble ^ weight)
}

function writeTable(index: i32, first: i32, second: i32): void {
  for (let weight = 0; weight < 16; weight++) {
    const entry = differences(first, weight) | (differences(second, weight) << 4)
    store<u8>(TABLES + (index << 4) + weight, entry)
  }
}

/** Writes all tables, once per memory. */
export function writeTables(): void {
  for (let second = 0; second < 16; second++) {
    for (let first = 0; first < 16; first++) writeTable((second << 4) | first, first, second)
    writeTable(PADDING_FIRST + second, PADDING, second)
    writeTable(PADDING_SECOND + second, second, PADDING)
  }
  writeTable(PADDING_BOTH, PADDING, PADDING)
}
