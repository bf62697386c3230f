/**
 * Chooses the counting kernel of binary layers and the table kernel's tile by a trial. The best tile depends on the number of sums that
 * an engine keeps in registers, and no feature test shows it: V8 11.3 (Node 20) is fastest with 4 vectors of outputs in order, V8 12.4
 * (Node 22) with 2 if it has relaxed SIMD, V8 13.6 (Node 24) with 4. Popcount wins if it is one instruction, as on ARM. On x86 it is ten.
 */
import { TILE_WIDTHS, type Tile, VECTOR } from '../weights/table-weights.ts'
import { instantiate, type Kernels } from './kernels.ts'

/** Engines compile in two tiers. Before this time the better code may not be ready. */
const WARM_UP_MILLISECONDS = 15
const TRIAL_MILLISECONDS = 10

const OUTPUTS = 64
/** The trial's 3x3 layer of 64 channels. Its pairs and their counts fit the first-level cache. */
const TRIPLES = 48
const PAIRS = 32

/** Tiles, widest first. Empty for the popcount kernel. */
export type Tiles = readonly Tile[]
export const DEFAULT_TILES: Tiles = ['4', '2', '1']

/** Each candidate with the narrower tiles for its remaining outputs. */
const CANDIDATES = { '2': ['2', '1'], '4': DEFAULT_TILES, '4Ordered': ['4Ordered', '2', '1'] } as const
type Candidate = keyof typeof CANDIDATES
const WIDEST = Object.keys(CANDIDATES) as Candidate[]

export interface KernelChoice {
  /** The fastest tile here and narrower ones. Empty if popcount was fastest. */
  readonly tiles: Tiles
  /** A sentence on the result of the trial. */
  readonly reason: string
}

/** Milliseconds of the trial's layer. */
export type TrialTimes = Record<Candidate | 'popcount', number>

const LABELS: Record<keyof TrialTimes, string> = {
  '2': 'tiles of 32 outputs',
  '4': 'tiles of 64',
  '4Ordered': 'ordered tiles of 64',
  popcount: 'popcount',
}

/** Options of `WasmOptions` that narrow the choice. */
export interface Wishes {
  readonly tileOutputs?: 32 | 64
  readonly binaryKernel?: 'tables' | 'popcount'
}

/** @param times Undefined if they could not be measured. */
export function chooseFastest(times: TrialTimes | undefined, { tileOutputs, binaryKernel }: Wishes = {}): KernelChoice {
  const allowed = WIDEST.filter((tile) => tileOutputs === undefined || TILE_WIDTHS[tile] * VECTOR === tileOutputs)
  if (!times) {
    const tiles = tileOutputs === 32 ? CANDIDATES['2'] : DEFAULT_TILES
    return { tiles, reason: 'The clock of this engine does not tell times this short, so there was no trial at start-up.' }
  }
  const fastest = allowed.reduce((best, tile) => (times[tile] < times[best] ? tile : best))
  const listed = Object.entries(LABELS).map(([name, label]) => `${label} ${times[name as keyof TrialTimes].toFixed(3)} ms`)
  const reason = `64 pixels of a 3x3 layer of 64 channels took, in the trial at start-up: ${listed.join(', ')}.`
  const mayCount = tileOutputs === undefined && binaryKernel !== 'tables'
  if (mayCount && times.popcount < times[fastest]) return { tiles: [], reason }
  return { tiles: CANDIDATES[fastest], reason }
}

const PANEL = 8192
const PANEL_ROW_BYTES = 6 * TRIPLES
const COUNT_BYTES = 2 * OUTPUTS
const WEIGHTS = PANEL + PAIRS * PANEL_ROW_BYTES
const COUNTS = WEIGHTS + 3 * TRIPLES * OUTPUTS
/** Zeros, as the popcount kernel's table of taps. All taps read the first pixel. */
const TAPS = COUNTS + 2 * PAIRS * COUNT_BYTES
const BASES = TAPS + 8 * PAIRS
const SCRATCH = BASES + 4 * PAIRS
const BYTES = SCRATCH + 4096

function countByTables(kernels: Kernels, tile: Candidate): void {
  const blocks = OUTPUTS / VECTOR / TILE_WIDTHS[tile]
  kernels[`tableGemm${tile}`](PANEL, WEIGHTS, COUNTS, TRIPLES, PAIRS, blocks, PANEL_ROW_BYTES, COUNT_BYTES)
}

/** The same sums by popcount, as a 1x1 layer with as many products. */
function countByPopcount(kernels: Kernels): void {
  const places = [PANEL, COUNTS, BASES, WEIGHTS, TAPS, TAPS, SCRATCH]
  kernels.popcountCounts(...places, 0, 1, 2 * PAIRS, 1, 1, 12 * TRIPLES, 0, OUTPUTS, COUNT_BYTES, 2, 0, 0, 2 * PAIRS)
}

/** Calls per measurement. There are several because browsers round their clocks. */
const CALLS = 8
/** A trial ends after this many rounds, whatever the clock says. At full speed, 25 ms are some hundred rounds. */
const MOST_ROUNDS = 300

/** Milliseconds since a fixed moment. */
function now(): number {
  return globalThis.performance?.now() ?? Date.now()
}

/**
 * The least time of each contender in rounds of `milliseconds` in all. Undefined if the clock is of no use: it stands still, runs
 * backwards, or its steps are longer than a trial.
 */
export function race<Name extends string>(
  contenders: Readonly<Record<Name, () => void>>,
  milliseconds: number,
): Record<Name, number> | undefined {
  const names = Object.keys(contenders) as Name[]
  const fastest = Object.fromEntries(names.map((name) => [name, Number.POSITIVE_INFINITY])) as Record<Name, number>
  const start = now()
  for (let round = 0; round < MOST_ROUNDS && (round === 0 || now() - start < milliseconds); round++) {
    for (const name of names) {
      const before = now()
      for (let call = 0; call < CALLS; call++) contenders[name]()
      fastest[name] = Math.min(fastest[name], (now() - before) / CALLS)
    }
  }
  return names.every((name) => fastest[name] > 0) ? fastest : undefined
}

async function tryKernels(module: WebAssembly.Module, shared: boolean): Promise<TrialTimes | undefined> {
  const { kernels } = await instantiate(module, BYTES, shared)
  const contenders = {
    '2': () => countByTables(kernels, '2'),
    '4': () => countByTables(kernels, '4'),
    '4Ordered': () => countByTables(kernels, '4Ordered'),
    popcount: () => countByPopcount(kernels),
  }
  race(contenders, WARM_UP_MILLISECONDS)
  return race(contenders, TRIAL_MILLISECONDS)
}

/** Results of trials. All backends of a module share its trial. */
const trials = new WeakMap<WebAssembly.Module, Promise<TrialTimes | undefined>>()

/** Chooses a kernel. The first call for a module runs a trial of 25 ms. */
export async function chooseKernel(module: WebAssembly.Module, shared = false, wishes: Wishes = {}): Promise<KernelChoice> {
  const times = trials.get(module) ?? tryKernels(module, shared)
  trials.set(module, times)
  return chooseFastest(await times, wishes)
}
