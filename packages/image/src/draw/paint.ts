/** The base of all drawing: mixes a color into a pixel. Drawing changes the given picture; `copyPicture` makes a copy first. */
import { luma } from '../color.ts'
import type { Picture } from '../picture.ts'

/** Red, green and blue, 0 to 255. Gray pictures get its luma. */
export type Color = readonly [red: number, green: number, blue: number]

/** Mixes a color into the pixel at an integer column and row; `covered` is 0 to 1. Pixels outside the picture are skipped. */
export type Paint = (column: number, row: number, covered: number) => void

/** @param opacity 0 to 1, a factor of every cover. */
export function painter({ data, width, height, channels }: Picture, color: Color, opacity = 1): Paint {
  const values = channels === 1 ? [luma(...color)] : color
  return (column, row, covered) => {
    const weight = Math.min(1, covered) * opacity
    if (!(weight > 0) || column < 0 || column >= width || row < 0 || row >= height) return
    const pixel = (row * width + column) * channels
    const share = channels === 4 ? overTransparent(data, pixel + 3, weight) : weight
    for (let channel = 0; channel < values.length; channel++) {
      data[pixel + channel] += Math.round(share * (values[channel] - data[pixel + channel]))
    }
  }
}

/** The columns or rows of pixels within `reach` of a span and within the picture: the first one, and one past the last. */
export function pixelsNear(from: number, to: number, reach: number, size: number): readonly [first: number, end: number] {
  return [Math.max(0, Math.floor(Math.min(from, to) - reach)), Math.min(size, Math.ceil(Math.max(from, to) + reach))]
}

/** Raises an alpha by the layer over it. Returns the share of the new color in the mix, which straight alpha does not dim. */
function overTransparent(data: Uint8Array, at: number, weight: number): number {
  const before = (1 - weight) * data[at]
  const after = 255 * weight + before
  data[at] = Math.round(after)
  return (255 * weight) / after
}
