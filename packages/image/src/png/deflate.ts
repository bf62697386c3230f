/**
 * A zlib stream (RFC 1950) of one deflate block with fixed Huffman codes (RFC 1951), or of stored blocks if they are shorter.
 * Drawings and masks become small, photographs only a little smaller. There is no state and no dependency, and it works
 * synchronously in every engine.
 */
import { BitWriter } from './bit-writer.ts'
import { adler32 } from './checksums.ts'

const SHORTEST = 3
const LONGEST = 258
const WINDOW = 32_768
/** Number of earlier places to try for a match. */
const ATTEMPTS = 32

/** The first value of a code, and the number of extra bits that select one of the code's values. */
interface CodeRange {
  readonly first: number
  readonly extraBits: number
}

/** Codes 257 to 285, lengths 3 to 258; the last length has its own code. */
const LENGTHS: readonly CodeRange[] = [
  ...ranges(SHORTEST, 28, (code) => (code < 8 ? 0 : (code >> 2) - 1)),
  { first: LONGEST, extraBits: 0 },
]
/** Codes 0 to 29, distances 1 to 32768. */
const DISTANCES = ranges(1, 30, (code) => (code < 4 ? 0 : (code >> 1) - 1))

function ranges(first: number, count: number, extraBits: (code: number) => number): CodeRange[] {
  const result: CodeRange[] = []
  for (let code = 0, next = first; code < count; code++) {
    result.push({ first: next, extraBits: extraBits(code) })
    next += 1 << extraBits(code)
  }
  return result
}

/** The code of each value: the last range that begins at or below it. */
function codesOf(codes: readonly CodeRange[], largest: number): Uint8Array {
  const result = new Uint8Array(largest + 1)
  for (const [code, { first }] of codes.entries()) result.fill(code, first)
  return result
}

const LENGTH_CODES = codesOf(LENGTHS, LONGEST)
const DISTANCE_CODES = codesOf(DISTANCES, WINDOW)

/** Huffman codes are written with their highest bit first. */
function reversed(code: number, bits: number): number {
  let result = 0
  for (let bit = 0; bit < bits; bit++) result |= ((code >> bit) & 1) << (bits - 1 - bit)
  return result
}

/** A literal byte, the end (256), or the code of a length (from 257 on). */
function writeSymbol(writer: BitWriter, symbol: number): void {
  if (symbol < 144) writer.write(reversed(0x30 + symbol, 8), 8)
  else if (symbol < 256) writer.write(reversed(0x190 + symbol - 144, 9), 9)
  else if (symbol < 280) writer.write(reversed(symbol - 256, 7), 7)
  else writer.write(reversed(0xc0 + symbol - 280, 8), 8)
}

function writeMatch(writer: BitWriter, length: number, distance: number): void {
  const lengthCode = LENGTH_CODES[length]
  writeSymbol(writer, 257 + lengthCode)
  writer.write(length - LENGTHS[lengthCode].first, LENGTHS[lengthCode].extraBits)
  const distanceCode = DISTANCE_CODES[distance]
  writer.write(reversed(distanceCode, 5), 5)
  writer.write(distance - DISTANCES[distanceCode].first, DISTANCES[distanceCode].extraBits)
}

const HASH_BITS = 15

/** Earlier places of three bytes, the most recent first. */
class Places {
  readonly #bytes: Uint8Array
  readonly #newest = new Int32Array(1 << HASH_BITS).fill(-1)
  readonly #before: Int32Array

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#before = new Int32Array(bytes.length)
  }

  /** The longest match for the bytes at a place, with length 0 if there is none. Adds the place. */
  match(at: number): { length: number; distance: number } {
    const found = { length: 0, distance: 0 }
    const limit = Math.min(LONGEST, this.#bytes.length - at)
    let place = this.add(at)
    for (let attempt = 0; attempt < ATTEMPTS && place >= 0 && at - place <= WINDOW && found.length < limit; attempt++) {
      let length = 0
      while (length < limit && this.#bytes[place + length] === this.#bytes[at + length]) length++
      if (length >= SHORTEST && length > found.length) Object.assign(found, { length, distance: at - place })
      place = this.#before[place]
    }
    return found
  }

  /** The most recent earlier place with the same hash, or -1. */
  add(at: number): number {
    if (at + SHORTEST > this.#bytes.length) return -1
    const key = (this.#bytes[at] << 16) | (this.#bytes[at + 1] << 8) | this.#bytes[at + 2]
    const hash = Math.imul(key, 0x9e3779b1) >>> (32 - HASH_BITS)
    const before = this.#newest[hash]
    this.#before[at] = before
    this.#newest[hash] = at
    return before
  }
}

function writeCompressed(writer: BitWriter, bytes: Uint8Array): void {
  const places = new Places(bytes)
  // The last block, with fixed codes.
  writer.write(0b011, 3)
  for (let at = 0; at < bytes.length; ) {
    const { length, distance } = places.match(at)
    if (length === 0) {
      writeSymbol(writer, bytes[at++])
      continue
    }
    writeMatch(writer, length, distance)
    for (const end = at + length; ++at < end; ) places.add(at)
  }
  writeSymbol(writer, 256)
}

const LONGEST_STORED = 65_535

function writeStored(writer: BitWriter, bytes: Uint8Array): void {
  for (let at = 0; at === 0 || at < bytes.length; at += LONGEST_STORED) {
    const part = bytes.subarray(at, at + LONGEST_STORED)
    writer.write(at + LONGEST_STORED >= bytes.length ? 1 : 0, 3)
    writer.writeBytes([part.length & 255, part.length >> 8, ~part.length & 255, (~part.length >> 8) & 255])
    writer.writeBytes(part)
  }
}

/** Method deflate, window 32 KB, fastest; a multiple of 31. */
const ZLIB_HEADER = [0x78, 0x01]

function stream(bytes: Uint8Array, writeBlocks: typeof writeStored): Uint8Array<ArrayBuffer> {
  const writer = new BitWriter()
  writer.writeBytes(ZLIB_HEADER)
  writeBlocks(writer, bytes)
  const sum = adler32(bytes)
  writer.writeBytes([sum >>> 24, (sum >>> 16) & 255, (sum >>> 8) & 255, sum & 255])
  return writer.finish()
}

/** Compresses the bytes to a zlib stream. It is at most 11 bytes, and 5 for each 64 KB, longer than they are. */
export function deflate(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const compressed = stream(bytes, writeCompressed)
  return compressed.length < bytes.length ? compressed : stream(bytes, writeStored)
}
