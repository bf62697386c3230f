/** The places of a pass in WGSL: each output, and the pixel that a tap reads. */
import type { LayerGeometry, Pass } from '../geometry/layer-geometry.ts'
import type { Piece } from './piece.ts'

/** The constants of the pieces, by their names in WGSL. */
export function windowConstants({ input, output }: LayerGeometry, { grid, window, first, steps }: Pass): Record<string, number> {
  return {
    ...{ HEIGHT: input[0], WIDTH: input[1], OUTPUT_HEIGHT: output[0], OUTPUT_WIDTH: output[1] },
    ...{ GRID_HEIGHT: grid[0], GRID_WIDTH: grid[1], WINDOW_HEIGHT: window[0], WINDOW_WIDTH: window[1] },
    ...{ FIRST_Y: first[0], FIRST_X: first[1], STEP_Y: steps[0], STEP_X: steps[1] },
  }
}

/** The rows of `geometry`, then its columns: input positions, or -1 for outside. */
export function windowTable({ geometry: { rows, columns } }: Pass): Int32Array {
  const table = new Int32Array(rows.length + columns.length)
  table.set(rows)
  table.set(columns, rows.length)
  return table
}

/** `placeOf(position)`: the place with this number in the grid, samples outermost. A sample of `input` has `INPUT_ELEMENTS`. */
export const PLACE: Piece = {
  code: () => /* wgsl */ `
struct Place {
  sample: u32,
  /** Row and column of the grid. */
  y: u32,
  x: u32,
  /** Number of the output pixel, of all samples. */
  pixel: u32,
  /** Whether there is such an output, and memory for it. */
  exists: bool,
}

fn placeOf(position: u32) -> Place {
  let sample = position / (GRID_HEIGHT * GRID_WIDTH);
  let y = position / GRID_WIDTH % GRID_HEIGHT;
  let x = position % GRID_WIDTH;
  let row = FIRST_Y + y * STEP_Y;
  let column = FIRST_X + x * STEP_X;
  let pixel = (sample * OUTPUT_HEIGHT + row) * OUTPUT_WIDTH + column;
  let exists = row < OUTPUT_HEIGHT && column < OUTPUT_WIDTH && sample < arrayLength(&input) / INPUT_ELEMENTS;
  return Place(sample, y, x, pixel, exists);
}`,
}

/** `sourceOf(place, ky, kx)`: the number of the input pixel that a tap reads, over all samples, or -1 for outside. */
export const SOURCE: Piece = {
  needs: [PLACE],
  code: () => /* wgsl */ `
fn sourceOf(place: Place, ky: u32, kx: u32) -> i32 {
  let row = geometry[place.y * WINDOW_HEIGHT + ky];
  let column = geometry[GRID_HEIGHT * WINDOW_HEIGHT + place.x * WINDOW_WIDTH + kx];
  let pixel = (i32(place.sample * HEIGHT) + row) * i32(WIDTH) + column;
  return select(pixel, -1, row < 0 || column < 0);
}`,
}

/** The same if every output reads only the pixel at its own place. */
export const OWN_PIXEL: Piece = {
  needs: [PLACE],
  code: () => 'fn sourceOf(place: Place, ky: u32, kx: u32) -> i32 { return i32(place.pixel); }',
}
