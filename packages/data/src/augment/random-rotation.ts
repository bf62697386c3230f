/**
 * Random rotation about the middle by an angle drawn uniformly from +- `degrees`. Each pixel of the result is interpolated
 * bilinearly at the place it came from; what came from outside is `fill`. The size stays.
 *
 * Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR
 * 2003 (no arXiv number).
 */
import type { Random } from '../random.ts'
import { requireInteger, requireNumber } from '../require-option.ts'
import { filledImage, type PixelImage } from './pixel-image.ts'

export interface RandomRotationOptions {
  /** The largest angle, 0 to 180. */
  degrees: number
  /** The value of what comes from outside the image, 0 to 255. Default: 0. */
  fill?: number
}

/** Throws `OptionError` on options that cannot be used. */
export function checkRandomRotation({ degrees, fill = 0 }: RandomRotationOptions): void {
  requireNumber('largest angle', degrees, 0, 180)
  requireInteger('fill', fill, 0, 255)
}

/** The image, turned. Draws one number. */
export function randomRotation(image: PixelImage, { degrees, fill = 0 }: RandomRotationOptions, random: Random): PixelImage {
  return rotate(image, degrees * (2 * random.uniform() - 1), fill)
}

/** The image turned counterclockwise by an angle in degrees. */
export function rotate(image: PixelImage, degrees: number, fill = 0): PixelImage {
  const { data, height, width, channels } = image
  const result = filledImage(height, width, channels, fill)
  const cosine = Math.cos((degrees * Math.PI) / 180)
  const sine = Math.sin((degrees * Math.PI) / 180)
  const middleRow = (height - 1) / 2
  const middleColumn = (width - 1) / 2
  const at = (row: number, column: number, channel: number): number =>
    row < 0 || row >= height || column < 0 || column >= width ? fill : data[(row * width + column) * channels + channel]
  for (let row = 0, target = 0; row < height; row++) {
    for (let column = 0; column < width; column++, target += channels) {
      const x = column - middleColumn
      const y = row - middleRow
      const sourceColumn = middleColumn + cosine * x - sine * y
      const sourceRow = middleRow + sine * x + cosine * y
      const left = Math.floor(sourceColumn)
      const top = Math.floor(sourceRow)
      if (left < -1 || left >= width || top < -1 || top >= height) continue
      const right = sourceColumn - left
      const below = sourceRow - top
      for (let channel = 0; channel < channels; channel++) {
        const upper = (1 - right) * at(top, left, channel) + right * at(top, left + 1, channel)
        const lower = (1 - right) * at(top + 1, left, channel) + right * at(top + 1, left + 1, channel)
        result.data[target + channel] = (1 - below) * upper + below * lower + 0.5
      }
    }
  }
  return result
}
