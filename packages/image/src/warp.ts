/**
 * Moves a picture by an affine map. For each pixel of the result, the inverse map finds the source of its center. Nothing is
 * averaged, so a picture that shrinks by more than half aliases: `resample` it first.
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { type Affine, inverse } from './affine.ts'
import * as argument from './argument-rules.ts'
import { blankPicture, type Fill, type Picture } from './picture.ts'

export interface WarpOptions {
  /** Width of the result. Default: that of the picture. */
  readonly width?: number
  readonly height?: number
  /** `nearest` creates no new values, for pictures whose bytes are classes. Default: `bilinear`. */
  readonly interpolation?: 'bilinear' | 'nearest'
  /** Fill for pixels from outside the picture. Bilinear pixels at the edge mix with it. Default: 0. */
  readonly fill?: Fill
}

const OPTIONS: ValueRules<keyof WarpOptions> = {
  width: argument.side,
  height: argument.side,
  interpolation: rules.oneOf(['bilinear', 'nearest']),
  fill: argument.fill,
}

/**
 * @param affine Maps the picture's coordinates to the result's.
 * @throws InputError if the map has no inverse.
 */
export function warp(picture: Picture, affine: Affine, options: WarpOptions = {}): Picture {
  checkArguments('warp()', { picture: [picture, argument.picture] })
  const given = checkOptions('warp()', options, OPTIONS)
  const { width = picture.width, height = picture.height, interpolation = 'bilinear', fill = 0 } = given
  const result = blankPicture(width, height, picture.channels, fill)
  const back = inverse(affine)
  if (interpolation === 'nearest') warpNearest(picture, back, result)
  else warpBilinear(picture, back, result, fill)
  return result
}

function warpNearest(picture: Picture, [a, b, c, d, e, f]: Affine, result: Picture): void {
  const { data, width, height, channels } = picture
  for (let row = 0, target = 0; row < result.height; row++) {
    for (let column = 0; column < result.width; column++, target += channels) {
      const x = Math.floor(a * (column + 0.5) + b * (row + 0.5) + c)
      const y = Math.floor(d * (column + 0.5) + e * (row + 0.5) + f)
      if (!(x >= 0 && x < width && y >= 0 && y < height)) continue
      const source = (y * width + x) * channels
      for (let channel = 0; channel < channels; channel++) result.data[target + channel] = data[source + channel]
    }
  }
}

function warpBilinear(picture: Picture, [a, b, c, d, e, f]: Affine, result: Picture, fill: Fill): void {
  const { data, width, height, channels } = picture
  const outside = typeof fill === 'number' ? new Array<number>(channels).fill(fill) : fill
  const at = (row: number, column: number, channel: number): number =>
    row < 0 || row >= height || column < 0 || column >= width
      ? outside[channel]
      : data[(row * width + column) * channels + channel]
  for (let row = 0, target = 0; row < result.height; row++) {
    for (let column = 0; column < result.width; column++, target += channels) {
      const x = a * (column + 0.5) + b * (row + 0.5) + c - 0.5
      const y = d * (column + 0.5) + e * (row + 0.5) + f - 0.5
      const left = Math.floor(x)
      const top = Math.floor(y)
      if (!(left >= -1 && left < width && top >= -1 && top < height)) continue
      const right = x - left
      const below = y - top
      for (let channel = 0; channel < channels; channel++) {
        const upper = (1 - right) * at(top, left, channel) + right * at(top, left + 1, channel)
        const lower = (1 - right) * at(top + 1, left, channel) + right * at(top + 1, left + 1, channel)
        result.data[target + channel] = (1 - below) * upper + below * lower + 0.5
      }
    }
  }
}
