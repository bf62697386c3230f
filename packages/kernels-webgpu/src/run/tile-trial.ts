/**
 * Finds the fastest tiles on a device by a trial, once per device, in a fraction of a second: it runs one binary layer for each
 * kind of size on all tiles, several times. If the clock cannot measure that, tiles are chosen by rule.
 */
import { type Graph, GraphBuilder, type GraphTensor, typeGraph } from '@onebit/core'
import { compileProgram } from '../compile/compile-program.ts'
import type { DeviceContext } from '../device/device-context.ts'
import { ALONG_OUTPUTS, TILES, TILES_BY_RULE, type TileChooser } from '../kernels/choose-tile.ts'
import { describeTile, type Tile } from '../kernels/tile.ts'
import { LoadedProgram } from './loaded-program.ts'

/** A kind of layers, by the pixels of a sample, and the layer that represents it: 3x3, or dense if `side` is 1. */
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

/** Runs of a tile in one submit, and turns of each tile. The fastest turn counts. */
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

/** The time in milliseconds. Only differences matter. */
function now(): number {
  return globalThis.performance?.now() ?? Date.now()
}

/**
 * The least milliseconds of each contender in its turns. Undefined if the clock cannot measure them: it stands still, runs
 * backwards, is not a number, or has steps longer than a turn. The number of turns is fixed, so a trial ends on every clock.
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

/** The tiles for a size, fastest first. Undefined if the clock cannot measure them. */
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
  choice: `${TILES_BY_RULE.choice} The clock of this engine cannot measure times this short, so the trial failed.`,
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

/** The result of the trial on a device. There is one trial per device. */
export function tilesByTrial(context: DeviceContext, sizes: readonly TrialSize[] = SIZES): Promise<TileChooser> {
  const trial = trials.get(context) ?? runTrial(context, sizes)
  trials.set(context, trial)
  trial.catch(() => trials.delete(context))
  return trial
}
