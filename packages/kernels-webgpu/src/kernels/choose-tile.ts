/** Chooses the tile of a layer. */
import type { Tile } from './tile.ts'

/** One invocation computes whole words. */
export const WHOLE_WORDS: Tile = { outputs: 32, lanes: 1, pixels: 1 }

/** Tiles, those with the most reuse of each word that is read first. */
export const TILES: readonly Tile[] = [
  { outputs: 32, lanes: 1, pixels: 2 },
  WHOLE_WORDS,
  { outputs: 8, lanes: 4, pixels: 2 },
  { outputs: 8, lanes: 4, pixels: 1 },
  { outputs: 4, lanes: 8, pixels: 1 },
]

/** A tile with little code, for ways of counting that gain nothing from a larger one. */
export const SMALL: Tile = TILES.at(-1)!

/** A workgroup computes outputs of a single pixel: for layers with few pixels, such as dense ones. */
export const ALONG_OUTPUTS: Tile = { outputs: 4, lanes: 64, pixels: 1 }

/** Chooses tiles. */
export interface TileChooser {
  /** @param positions Pixels of a sample. */
  tileOf(positions: number, outputs: number): Tile
  /** A sentence on the choice, for explanations. */
  readonly choice: string
}

/** At most this many pixels of a sample count as few. */
const FEW_PIXELS = 4
/** This many invocations keep a device busy. */
const ENOUGH = 4096

/** Chooses the tile with the most reuse that leaves enough invocations. */
export const TILES_BY_RULE: TileChooser = {
  choice: `By rule: the most reuse that leaves ${ENOUGH.toLocaleString('en-US')} invocations.`,
  tileOf(positions, outputs) {
    if (positions <= FEW_PIXELS && outputs >= 64) return ALONG_OUTPUTS
    const invocations = (tile: Tile): number => (positions / tile.pixels) * (outputs / tile.outputs)
    return TILES.find((tile) => invocations(tile) >= ENOUGH) ?? SMALL
  },
}
