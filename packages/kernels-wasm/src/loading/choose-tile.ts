/**
 * Chooses the table kernel's tile by trying. How many sums an engine keeps in registers decides it, and no feature test
 * tells: V8 11.3 (Node 20) is fastest with 2 vectors of outputs, V8 13.6 (Node 24) with 4.
 */
import { type TileWidth, VECTOR } from '../weights/table-kernel.ts'
import { instantiate } from './kernels.ts'

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

/** The widths up to the one that ran fastest here. */
export async function chooseTile(module: WebAssembly.Module, shared = false): Promise<TileWidths> {
  const panelRowBytes = 6 * TRIPLES
  const countBytes = 2 * OUTPUTS
  const weights = 8192 + PAIRS * panelRowBytes
  const counts = weights + 3 * TRIPLES * OUTPUTS
  const { kernels } = await instantiate(module, counts + 2 * PAIRS * countBytes, shared)
  /** Time of some calls, as browsers round their clocks. */
  const trial = (width: 2 | 4): number => {
    const blocks = OUTPUTS / VECTOR / width
    const start = performance.now()
    for (let i = 0; i < 8; i++) {
      kernels[`tableGemm${width}`](8192, weights, counts, TRIPLES, PAIRS, blocks, panelRowBytes, countBytes)
    }
    return performance.now() - start
  }
  const race = (milliseconds: number): { two: number; four: number } => {
    const fastest = { two: Number.POSITIVE_INFINITY, four: Number.POSITIVE_INFINITY }
    for (const start = performance.now(); performance.now() - start < milliseconds; ) {
      fastest.two = Math.min(fastest.two, trial(2))
      fastest.four = Math.min(fastest.four, trial(4))
    }
    return fastest
  }
  race(WARM_UP_MILLISECONDS)
  const { two, four } = race(TRIAL_MILLISECONDS)
  return two < four ? [2, 1] : DEFAULT_WIDTHS
}
