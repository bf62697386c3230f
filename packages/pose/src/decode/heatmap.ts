/** The heat-map of one joint as decoders read it, interleaved with those of other joints. */

/** Values at `offset + step * (row * width + column)`. */
export interface Heatmap {
  readonly data: ArrayLike<number>
  readonly height: number
  readonly width: number
  /** Distance between neighboring pixels in `data`. */
  readonly step: number
  /** Index of the first pixel in `data`. */
  readonly offset: number
}

/** Position of a joint relative to the center of the best pixel: to the right, and down. */
export type Offset = (heatmap: Heatmap, row: number, column: number) => readonly [x: number, y: number]

/** The value of a pixel. Outside the map, it is the value of the nearest pixel inside. */
export function valueAt({ data, height, width, step, offset }: Heatmap, row: number, column: number): number {
  const y = Math.max(0, Math.min(height - 1, row))
  const x = Math.max(0, Math.min(width - 1, column))
  return data[offset + step * (y * width + x)]
}
