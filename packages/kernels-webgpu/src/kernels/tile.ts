/** Tiles: the division of the outputs of a layer among workgroups of 64 invocations. */
import { foldedGrid, GROUP_SIZE, type Grid } from '../program/grid.ts'

export interface Tile {
  /** Neighboring outputs that an invocation computes at each of its pixels: 4, 8, 16 or 32. */
  readonly outputs: number
  /** Number of invocations along the outputs. The others are along the pixels. */
  readonly lanes: number
  /** Pixels that an invocation computes. */
  readonly pixels: number
}

/** Outputs of a pixel that a workgroup computes. They are whole words. */
export function tileOutputs({ outputs, lanes }: Tile): number {
  return outputs * lanes
}

/** Invocations along the pixels. */
export function pixelLanes({ lanes }: Tile): number {
  return GROUP_SIZE / lanes
}

export function tileGrid(tile: Tile, positions: number, outputs: number): Grid {
  return foldedGrid(Math.ceil(positions / (pixelLanes(tile) * tile.pixels)), Math.ceil(outputs / tileOutputs(tile)))
}

/** A description for explanations. */
export function describeTile({ outputs, lanes, pixels }: Tile): string {
  return `${pixels * (GROUP_SIZE / lanes)} pixels x ${outputs * lanes} outputs, ${pixels} x ${outputs} per invocation`
}
