/** Which tile a layer is computed by. */
import type { Tile } from './tile.ts'

/** One invocation computes whole words. */
export const WHOLE_WORDS: Tile = { outputs: 32, lanes: 1, pixels: 1 }

/** The tile with most reuse first: each word that is read meets so many others. */
export const TILES: readonly Tile[] = [
  { outputs: 32, lanes: 1, pixels: 2 },
  WHOLE_WORDS,
  { outputs: 8, lanes: 4, pixels: 2 },
  { outputs: 8, lanes: 4, pixels: 1 },
  { outputs: 4, lanes: 8, pixels: 1 },
]

/** Little code, for ways of counting that do not profit of more. */
export const SMALL: Tile = TILES.at(-1)!

/** A workgroup goes along the outputs of one pixel: for dense layers of a sample or few. */
export const ALONG_OUTPUTS: Tile = { outputs: 4, lanes: 64, pixels: 1 }

/** Decides on tiles. */
export interface TileChooser {
  /** @param positions Pixels of a sample. */
  tileOf(positions: number, outputs: number): Tile
  /** How, for explanations. */
  readonly choice: string
}

/** Pixels of a sample that are few. */
const FEW_PIXELS = 4
/** Invocations that keep a device busy. */
const ENOUGH = 4096

/** The tile with most reuse that leaves enough invocations. */
export const TILES_BY_RULE: TileChooser = {
  choice: `By rule: as much reuse as leaves ${ENOUGH.toLocaleString('en-US')} invocations.`,
  tileOf(positions, outputs) {
    if (positions <= FEW_PIXELS && outputs >= 64) return ALONG_OUTPUTS
    const invocations = (tile: Tile): number => (positions / tile.pixels) * (outputs / tile.outputs)
    return TILES.find((tile) => invocations(tile) >= ENOUGH) ?? SMALL
  },
}
