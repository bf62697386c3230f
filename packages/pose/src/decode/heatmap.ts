/** The heat-map of one joint among those of others, as decoders read it. */

/** Values at `offset + step * (row * width + column)`. */
export interface Heatmap {
  readonly data: ArrayLike<number>
  readonly height: number
  readonly width: number
  /** Between neighboring pixels. */
  readonly step: number
  /** Of the first pixel. */
  readonly offset: number
}

/** By how much a joint is right of and below the center of the best pixel. */
export type Offset = (heatmap: Heatmap, row: number, column: number) => readonly [x: number, y: number]

/** The value of a pixel; of those outside, that of the nearest inside. */
export function valueAt({ data, height, width, step, offset }: Heatmap, row: number, column: number): number {
  const y = Math.max(0, Math.min(height - 1, row))
  const x = Math.max(0, Math.min(width - 1, column))
  return data[offset + step * (y * width + x)]
}
