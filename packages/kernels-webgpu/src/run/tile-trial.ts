/**
 * Which tiles are fastest on a device, found by running them: a binary layer of each kind of size on all tiles, some times. It takes a fraction
 * of a second, once a device. Where the clock does not tell, tiles are chosen by rule.
 */
import { type Graph, GraphBuilder, type GraphTensor, typeGraph } from '@onebit/core'
import { compileProgram } from '../compile/compile-program.ts'
import type { DeviceContext } from '../device/device-context.ts'
import { ALONG_OUTPUTS, TILES, TILES_BY_RULE, type TileChooser } from '../kernels/choose-tile.ts'
import { describeTile, type Tile } from '../kernels/tile.ts'
import { LoadedProgram } from './loaded-program.ts'

/** A kind of layers, by the pixels of a sample, and the layer that stands for it: 3x3, or dense where there is one pixel. */
export interface TrialSize {
  readonly leastPixels: number
  readonly side: number
  readonly channels: number
}

const SIZES: readonly TrialSize[] = [
  { leastPixels: 1024, side: 56, channels: 64 },
  { leastPixels: 128, side: 14, channels: 256 },
  { leastPixels: 5, side: 7, channels: 512 },
  { leastPixels: 1, side: 1, channels: 1024 },
]

/** Runs of a tile in one submit, and how often each tile has its turn. The fastest turn counts. */
const REPEATS = 32
const TURNS = 3

function layerOf({ side, channels }: TrialSize): Graph {
  const builder = new GraphBuilder()
  const input = builder.input('bits', side === 1 ? [channels] : [side, side, channels], 'bit')
  const bits = (...shape: readonly number[]): GraphTensor => {
    const count = shape.reduce((a, b) => a * b, 1)
    return { dtype: 'bit', shape, data: new Uint8Array(count / 8).fill(0b10110010) }
  }
  const sums =
    side === 1
      ? builder.node('binaryDense', { inputs: [input], tensors: { weights: bits(channels, channels) } })
      : builder.node('binaryConv2d', {
          inputs: [input],
          tensors: { weights: bits(channels, 3, 3, channels) },
          attributes: { padding: [1, 1, 1, 1] },
        })
  const thresholds = { dtype: 'float32', shape: [1, 1], data: new Float32Array(1) } as const
  builder.output('y', builder.node('threshold', { inputs: [sums], tensors: { thresholds, first: bits(channels) } }))
  return builder.build()
}

interface Candidate {
  readonly tile: Tile
  readonly program: LoadedProgram
}

interface Timed {
  readonly tile: Tile
  readonly milliseconds: number
}

/** Milliseconds since some moment. */
function now(): number {
  return globalThis.performance?.now() ?? Date.now()
}

/**
 * The least milliseconds of each contender in its turns, or undefined where the clock does not tell: it is not there, stands still, runs
 * backwards, or its steps are longer than a turn. The number of turns is fixed, so a trial ends whatever the clock says.
 */
export async function race(contenders: readonly (() => Promise<void>)[]): Promise<readonly number[] | undefined> {
  const least = contenders.map(() => Number.POSITIVE_INFINITY)
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [index, run] of contenders.entries()) {
      const start = now()
      await run()
      least[index] = Math.min(least[index], now() - start)
    }
  }
  return least.every((time) => time > 0 && time < Number.POSITIVE_INFINITY) ? least : undefined
}

/** The tiles for a size, fastest first; undefined where the clock does not tell. */
async function tryTiles(size: TrialSize, context: DeviceContext): Promise<readonly Timed[] | undefined> {
  const typed = typeGraph(layerOf(size))
  const arithmetic = { fusesProducts: context.adapter.fusesProducts }
  const candidates = await Promise.all(
    [...TILES, ALONG_OUTPUTS].map(async (tile): Promise<Candidate> => {
      const program = compileProgram(typed, { arithmetic, tiles: { tileOf: () => tile, choice: '' } })
      return { tile, program: await LoadedProgram.load(program, context) }
    }),
  )
  for (const { program } of candidates) await program.repeat(1)
  const times = await race(
    candidates.map(
      ({ program }) =>
        () =>
          program.repeat(REPEATS),
    ),
  )
  for (const { program } of candidates) program.dispose()
  const timed = times && candidates.map(({ tile }, index) => ({ tile, milliseconds: times[index] / REPEATS }))
  return timed?.toSorted((a, b) => a.milliseconds - b.milliseconds)
}

const BY_RULE: TileChooser = {
  ...TILES_BY_RULE,
  choice: `${TILES_BY_RULE.choice} The clock of this engine does not tell times this short, so there was no trial.`,
}

async function runTrial(context: DeviceContext, sizes: readonly TrialSize[]): Promise<TileChooser> {
  const found: { readonly size: TrialSize; readonly tile: Tile; readonly told: string }[] = []
  for (const size of sizes) {
    const timed = await tryTiles(size, context)
    if (!timed) return BY_RULE
    const times = timed.slice(0, 3).map(({ tile, milliseconds }) => `${describeTile(tile)} ${milliseconds.toFixed(3)} ms`)
    found.push({ size, tile: timed[0].tile, told: `from ${size.leastPixels} pixels on ${times.join(', ')}` })
  }
  return {
    tileOf: (positions) => found.find(({ size }) => positions >= size.leastPixels)!.tile,
    choice: `By a trial on ${context.adapter.name}: ${found.map(({ told }) => told).join('; ')}.`,
  }
}

const trials = new WeakMap<DeviceContext, Promise<TileChooser>>()

/** What a trial finds on the device; there is one trial a device. */
export function tilesByTrial(context: DeviceContext, sizes: readonly TrialSize[] = SIZES): Promise<TileChooser> {
  const trial = trials.get(context) ?? runTrial(context, sizes)
  trials.set(context, trial)
  trial.catch(() => trials.delete(context))
  return trial
}
