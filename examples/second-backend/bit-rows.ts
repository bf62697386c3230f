/** The bits of this backend: 32 channels of a pixel per word. Every pixel begins with a new word. 1 means +1. */
import { elementCount, type ValueType } from '@onebit/core'

export interface BitRows {
  readonly words: Uint32Array
  readonly channels: number
  /** Number of words per pixel. */
  readonly rowWords: number
}

/** Allocates all pixels of a batch, with all values -1. */
export function emptyRows({ shape }: Pick<ValueType, 'shape'>, batch: number): BitRows {
  const channels = shape.at(-1) ?? 1
  const rowWords = Math.ceil(channels / 32)
  return { words: new Uint32Array((batch * elementCount(shape) * rowWords) / channels), channels, rowWords }
}

/** @param signs -1 and +1, or any numbers. Only their signs count. */
export function packRows(signs: ArrayLike<number>, type: Pick<ValueType, 'shape'>, batch: number): BitRows {
  const rows = emptyRows(type, batch)
  const { words, channels, rowWords } = rows
  for (let i = 0; i < signs.length; i++) {
    const channel = i % channels
    if (signs[i] > 0) words[((i - channel) / channels) * rowWords + (channel >> 5)] |= 1 << (channel & 31)
  }
  return rows
}

export function unpackRows({ words, channels, rowWords }: BitRows): Int8Array {
  const pixels = words.length / rowWords
  const signs = new Int8Array(pixels * channels)
  for (let i = 0; i < signs.length; i++) {
    const channel = i % channels
    const word = words[((i - channel) / channels) * rowWords + (channel >> 5)]
    signs[i] = (word >>> (channel & 31)) & 1 ? 1 : -1
  }
  return signs
}

/** The positions of the 1 bits in a word. */
export function popcount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555)
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333)
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
