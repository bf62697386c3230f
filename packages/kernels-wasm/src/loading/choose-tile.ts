/**
 * Chooses how binary layers are counted, and the table kernel's tile, by trying. How many sums an engine keeps in registers decides
 * the tile, and no feature test tells: V8 11.3 (Node 20) is fastest with 2 vectors of outputs, V8 13.6 (Node 24) with 4. Popcount
 * wins where it is one instruction, as on ARM; on x86 it is ten.
 */
import { type TileWidth, VECTOR } from '../weights/table-kernel.ts'
import { instantiate, type Kernels } from './kernels.ts'

/** Engines compile in two tiers; before this time the better code may not be there yet. */
const WARM_UP_MILLISECONDS = 15
const TRIAL_MILLISECONDS = 10

const OUTPUTS = 64
/** A 3x3 layer of 64 channels, for as many pairs as fit the first-level cache with their counts. */
const TRIPLES = 48
const PAIRS = 32

/** Widths of tiles to use, widest first; none for the popcount kernel. */
export type TileWidths = readonly TileWidth[]
export const DEFAULT_WIDTHS: TileWidths = [4, 2, 1]

export interface KernelChoice {
  /** The widths up to the one that ran fastest here, or none if popcount did. */
  readonly tileWidths: TileWidths
  /** What the trial found, in a sentence. */
  readonly reason: string
}

/** Milliseconds that the trial's layer takes. */
export interface TrialTimes {
  two: number
  four: number
  popcount: number
}

export function chooseFastest({ two, four, popcount }: TrialTimes): KernelChoice {
  const tables = Math.min(two, four)
  const times = `${popcount.toFixed(3)} ms by popcount, ${tables.toFixed(3)} ms by tables`
  const reason = `Of a 3x3 layer of 64 channels 64 pixels took ${times} in the trial at start-up.`
  if (popcount < tables) return { tileWidths: [], reason }
  return { tileWidths: two < four ? [2, 1] : DEFAULT_WIDTHS, reason }
}

const PANEL = 8192
const PANEL_ROW_BYTES = 6 * TRIPLES
const COUNT_BYTES = 2 * OUTPUTS
const WEIGHTS = PANEL + PAIRS * PANEL_ROW_BYTES
const COUNTS = WEIGHTS + 3 * TRIPLES * OUTPUTS
/** Zeros, as the popcount kernel's table of taps: all read the first pixel. */
const TAPS = COUNTS + 2 * PAIRS * COUNT_BYTES
const BASES = TAPS + 8 * PAIRS
const SCRATCH = BASES + 4 * PAIRS
const BYTES = SCRATCH + 4096

function countByTables(kernels: Kernels, width: 2 | 4): void {
  const blocks = OUTPUTS / VECTOR / width
  kernels[`tableGemm${width}`](PANEL, WEIGHTS, COUNTS, TRIPLES, PAIRS, blocks, PANEL_ROW_BYTES, COUNT_BYTES)
}

/** The same sums as a 1x1 layer of as many products. */
function countByPopcount(kernels: Kernels): void {
  const places = [PANEL, COUNTS, BASES, WEIGHTS, TAPS, TAPS, SCRATCH]
  kernels.popcountCounts(...places, 0, 1, 2 * PAIRS, 1, 1, 12 * TRIPLES, 0, OUTPUTS, COUNT_BYTES, 0, 0, 2 * PAIRS)
}

/** Calls of a trial, as browsers round their clocks. */
const CALLS = 8

function trial(count: () => void): number {
  const start = performance.now()
  for (let i = 0; i < CALLS; i++) count()
  return (performance.now() - start) / CALLS
}

/** Tries the kernels of a module for 25 ms. */
export async function chooseKernel(module: WebAssembly.Module, shared = false): Promise<KernelChoice> {
  const { kernels } = await instantiate(module, BYTES, shared)
  const race = (milliseconds: number): TrialTimes => {
    const fastest = { two: Number.POSITIVE_INFINITY, four: Number.POSITIVE_INFINITY, popcount: Number.POSITIVE_INFINITY }
    for (const start = performance.now(); performance.now() - start < milliseconds; ) {
      fastest.two = Math.min(
        fastest.two,
        trial(() => countByTables(kernels, 2)),
      )
      fastest.four = Math.min(
        fastest.four,
        trial(() => countByTables(kernels, 4)),
      )
      fastest.popcount = Math.min(
        fastest.popcount,
        trial(() => countByPopcount(kernels)),
      )
    }
    return fastest
  }
  race(WARM_UP_MILLISECONDS)
  return chooseFastest(race(TRIAL_MILLISECONDS))
}
