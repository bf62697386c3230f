/** The table kernel's layout of binary weights. */
import { type BitKernel, bitsAt } from './bit-kernel.ts'

/** Outputs in one vector of weights. */
export const VECTOR = 16
/** Tiles for which there is a kernel, with their widths in vectors. */
export const TILE_WIDTHS = { '1': 1, '2': 2, '4': 4, '4Ordered': 4 } as const
export type Tile = keyof typeof TILE_WIDTHS

/** Blocks of outputs that run on one tile kernel. */
export interface TileRun {
  readonly tile: Tile
  /** In vectors. */
  readonly width: number
  readonly blocks: number
  /** First output of the run, within the group. */
  readonly firstOutput: number
}

/** Nibbles under all taps; a tap's last nibble may be partly filled. */
export function nibbleCount({ taps, channels }: BitKernel): number {
  return taps * Math.ceil(channels / 4)
}

/** Bytes of a row of the panel: an offset a nibble, filled up to whole triples and vectors. */
export function panelRowBytes(nibbles: number): number {
  return Math.ceil((Math.ceil(nibbles / 3) * 6) / 16) * 16
}

/** Why 16 bits cannot count these sums, which the epilogue needs, if they cannot. */
export function countObstacle(kernel: BitKernel): string | undefined {
  const products = kernel.taps * kernel.channels
  if (products <= 32767 && 4 * nibbleCount(kernel) <= 65535) return undefined
  return `Sums of ${products} products exceed the 32,767 of 16-bit counters.`
}

/** Why the table kernel cannot count these sums exactly or quickly, if it cannot. */
export function tableObstacle(kernel: BitKernel, groups: number): string | undefined {
  const outputs = kernel.outputs / groups
  const tooLong = countObstacle(kernel)
  if (tooLong) return tooLong
  if (groups > 1 && kernel.channels % 8 !== 0) {
    return `Input channels per group (${kernel.channels}) are not a multiple of 8.`
  }
  if (groups > 1 && outputs < VECTOR / 2) return `Outputs per group (${outputs}) fill less than half a vector of ${VECTOR}.`
  return undefined
}

/** Splits a group's outputs into runs, as wide as possible; `tiles` come widest first and end with '1'. */
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

/** The nibbles of `count` bytes, `step` bytes from one to the next. */
function layOutBytes(bits: Uint8Array, first: number, count: number, result: Uint8Array, at: number, step: number): void {
  for (let byte = first; byte < first + count; byte++) {
    result[at] = bits[byte] & 15
    result[at + step] = bits[byte] >> 4
    at += 2 * step
  }
}

/** The nibbles of each tap, its last partly filled, from a bit on. */
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
 * Weights of one run: `[block][nibble][vector][16]`, one nibble of one output a byte, nibbles filled up to whole triples with
 * zeros. In a vector outputs 0 to 7 are the even bytes and 8 to 15 the odd ones, as the counters take them apart.
 */
export function layOutTableRun(kernel: BitKernel, groups: number, group: number, run: TileRun): Uint8Array {
  const { bits, outputs, taps, channels } = kernel
  const { width, blocks, firstOutput } = run
  const groupOutputs = outputs / groups
  const nibbles = Math.ceil(nibbleCount(kernel) / 3) * 3
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
