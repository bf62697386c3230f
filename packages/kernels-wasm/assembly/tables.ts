/**
 * The lookup tables of the table kernel. A nibble is 4 channels of one tap of one pixel. For every pair of nibbles there is a
 * table of 16 bytes; entry `w` holds how many bits of the nibble `w` differ from the first nibble, plus 16 times how many
 * differ from the second: one lookup in 16 lanes compares 2 pixels with 4 weights of 16 outputs, 128 multiplications.
 *
 * Besides the 16 values a nibble has, it may be padding, which differs from everything by 2 bits of 4: a product sum of 0.
 * Tables in order: [second 0..15][first 0..15], padding with second 0..15, first 0..15 with padding, padding with padding.
 */

/** Where the tables lie in every memory: right after the unused first line. Known to src/program/plan-memory.ts. */
@inline export const TABLES: usize = 64

@inline const PADDING = 16
@inline export const PADDING_FIRST = 256
@inline export const PADDING_SECOND = 272
@inline export const PADDING_BOTH = 288

function differences(nibble: i32, weight: i32): i32 {
  return nibble == PADDING ? 2 : popcnt<i32>(nibble ^ weight)
}

function writeTable(index: i32, first: i32, second: i32): void {
  for (let weight = 0; weight < 16; weight++) {
    const entry = differences(first, weight) | (differences(second, weight) << 4)
    store<u8>(TABLES + (index << 4) + weight, entry)
  }
}

/** Fills in all tables; once per memory. */
export function writeTables(): void {
  for (let second = 0; second < 16; second++) {
    for (let first = 0; first < 16; first++) writeTable((second << 4) | first, first, second)
    writeTable(PADDING_FIRST + second, PADDING, second)
    writeTable(PADDING_SECOND + second, second, PADDING)
  }
  writeTable(PADDING_BOTH, PADDING, PADDING)
}
