/** Layout of binary weights for the table kernel. */
import { type BitWeights, bitsAt } from '@onebit/core/compile'

/** Outputs in one vector of weights. */
export const VECTOR = 16
/** Tiles of the table kernel, with their widths in vectors. */
export const TILE_WIDTHS = { '1': 1, '2': 2, '4': 4, '4Ordered': 4 } as const
export type Tile = keyof typeof TILE_WIDTHS

/** Blocks of outputs that run on one tile kernel. */
export interface TileRun {
  readonly tile: Tile
  /** Width of the tile, in vectors. */
  readonly width: number
  readonly blocks: number
  /** First output of the run, within the group. */
  readonly firstOutput: number
}

/** Nibbles under all taps. A tap's last nibble may be partly filled. */
export function nibbleCount({ taps, channels }: BitWeights): number {
  return taps * Math.ceil(channels / 4)
}

const TWO_TO_24 = 2 ** 24

/**
 * Lays out the common base of all pixels of a layer for the epilogue: 8 times the int16, 4 times the float32 2^24 + base, and 8 times
 * the upper half of the float32 2^24. The latter two turn counts into float32 sums, see assembly/epilogue.ts.
 * @param base An even number of at most 32,767.
 */
export function layOutCommonBase(base: number): Uint8Array {
  const bytes = new Uint8Array(48)
  new Int16Array(bytes.buffer, 0, 8).fill(base)
  new Float32Array(bytes.buffer, 16, 4).fill(TWO_TO_24 + base)
  new Uint16Array(bytes.buffer, 32, 8).fill(new Uint32Array(Float32Array.of(TWO_TO_24).buffer)[0] >>> 16)
  return bytes
}

/** Bytes of a row of the panel: an offset per nibble, filled up to whole triples and vectors. */
export function panelRowBytes(nibbles: number): number {
  return Math.ceil((Math.ceil(nibbles / 3) * 6) / 16) * 16
}

/** Returns why the sums overflow 16-bit counters, or undefined if they fit. The epilogue needs 16-bit sums. */
export function countObstacle(weights: BitWeights): string | undefined {
  const products = weights.taps * weights.channels
  if (products <= 32767 && 4 * nibbleCount(weights) <= 65535) return undefined
  return `Sums of ${products} products exceed the 32,767 of 16-bit counters.`
}

/** Returns why the table kernel cannot count these sums exactly or quickly, or undefined if it can. */
export function tableObstacle(weights: BitWeights, groups: number): string | undefined {
  const outputs = weights.outputs / groups
  const tooLong = countObstacle(weights)
  if (tooLong) return tooLong
  if (groups > 1 && weights.channels % 8 !== 0) {
    return `Input channels per group (${weights.channels}) are not a multiple of 8.`
  }
  if (groups > 1 && outputs < VECTOR / 2) return `Outputs per group (${outputs}) fill less than half a vector of ${VECTOR}.`
  return undefined
}

/** Splits a group's outputs into runs that are as wide as possible. `tiles` come widest first and end with '1'. */
export function tileRuns(groupOutputs: number, tiles: readonly Tile[]): TileRun[] {
  const runs: TileRun[] = []
  const vectors = Math.ceil(groupOutputs / VECTOR)
  let done = 0
  for (const tile of tiles) {
    const width = TILE_WIDTHS[tile]
    const blocks = Math.floor((vectors - done) / width)
    if (blocks > 0) runs.push({ tile, width, blocks, firstOutput: done * VECTOR })
    done += blocks * width
  }
  return runs
}

/** Writes the nibbles of `count` bytes, `step` bytes apart. */
function layOutBytes(bits: Uint8Array, first: number, count: number, result: Uint8Array, at: number, step: number): void {
  for (let byte = first; byte < first + count; byte++) {
    result[at] = bits[byte] & 15
    result[at + step] = bits[byte] >> 4
    at += 2 * step
  }
}

/** Writes the nibbles of each tap from a bit on. A tap's last nibble may be partly filled. */
function layOutNibbles(
  bits: Uint8Array,
  bit: number,
  taps: number,
  channels: number,
  result: Uint8Array,
  at: number,
  step: number,
): void {
  for (let tap = 0; tap < taps; tap++) {
    for (let left = channels; left > 0; left -= 4) {
      const used = Math.min(left, 4)
      result[at] = bitsAt(bits, bit) & ((1 << used) - 1)
      at += step
      bit += used
    }
  }
}

/**
 * Weights of one run: `[block][nibble][vector][16]`. A byte holds one nibble of one output. Nibbles are filled up to whole triples with
 * zeros. In a vector, outputs 0 to 7 are the even bytes and 8 to 15 the odd ones, because the counters split them in this way.
 */
export function layOutTableRun(weights: BitWeights, groups: number, group: number, run: TileRun): Uint8Array {
  const { bits, outputs, taps, channels } = weights
  const { width, blocks, firstOutput } = run
  const groupOutputs = outputs / groups
  const nibbles = Math.ceil(nibbleCount(weights) / 3) * 3
  const result = new Uint8Array(blocks * nibbles * width * VECTOR)
  const last = Math.min(groupOutputs, firstOutput + blocks * width * VECTOR)
  for (let output = firstOutput; output < last; output++) {
    const place = output - firstOutput
    const block = Math.floor(place / (width * VECTOR))
    const vector = Math.floor(place / VECTOR) % width
    const lane = place % VECTOR
    const column = vector * VECTOR + (lane < 8 ? 2 * lane : 2 * lane - 15)
    const at = block * nibbles * width * VECTOR + column
    const row = (group * groupOutputs + output) * taps * channels
    if (channels % 8 === 0) layOutBytes(bits, row / 8, (taps * channels) / 8, result, at, width * VECTOR)
    else layOutNibbles(bits, row, taps, channels, result, at, width * VECTOR)
  }
  return result
}
