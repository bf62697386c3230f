import { checkArguments } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { requirePixels } from './limits.ts'
import { PictureError } from './picture-error.ts'

/** 1: gray; 3: red, green, blue; 4: red, green, blue and straight (not premultiplied) alpha. */
export type Channels = 1 | 3 | 4

/** A picture as bytes, the only type of picture in Onebit. */
export interface Picture extends Extent {
  /** `[height, width, channels]` in row-major order, 0 to 255. */
  readonly data: Uint8Array
  readonly channels: Channels
}

/** Size of a picture, in pixels. */
export interface Extent {
  readonly width: number
  readonly height: number
}

/** Height and width in pixels; one number means a square. */
export type Size = number | readonly [height: number, width: number]

/** A rectangle of a picture in pixels, which may have fractions. */
export interface Rectangle {
  readonly top: number
  readonly left: number
  readonly height: number
  readonly width: number
}

/** One value, 0 to 255, for all channels, or one per channel. */
export type Fill = number | readonly number[]

/**
 * A picture of the given bytes, without a copy.
 * @throws PictureError with reason `misshapen` unless there are 1, 3 or 4 bytes per pixel; `too-large` as `requirePixels` does.
 */
export function pictureOf(data: Uint8Array, width: number, height: number): Picture {
  checkArguments('pictureOf()', { data: [data, argument.bytes] })
  requirePixels(width, height)
  const channels = data.length / (width * height)
  if (channels === 1 || channels === 3 || channels === 4) return { data, width, height, channels }
  throw new PictureError({
    reason: 'misshapen',
    what: 'The pixels do not fit the size of the picture.',
    expected: `1, 3 or 4 x ${width} x ${height} values`,
    received: `${data.length}`,
  })
}

/** A picture of one color. */
export function blankPicture(width: number, height: number, channels: Channels, fill: Fill = 0): Picture {
  requirePixels(width, height)
  checkArguments('blankPicture()', { channels: [channels, argument.channels], fill: [fill, argument.fill] })
  const data = new Uint8Array(height * width * channels)
  if (typeof fill !== 'number') for (let index = 0; index < data.length; index++) data[index] = fill[index % channels]
  else if (fill !== 0) data.fill(fill)
  return { data, width, height, channels }
}

/** A copy with its own memory. Drawing on the copy does not change the original. */
export function copyPicture(picture: Picture): Picture {
  checkArguments('copyPicture()', { picture: [picture, argument.picture] })
  return { ...picture, data: picture.data.slice() }
}

/** Exchanges light and dark, `255 - value`. Alpha stays. */
export function invertPicture(picture: Picture): Picture {
  checkArguments('invertPicture()', { picture: [picture, argument.picture] })
  const { data, channels } = picture
  const result = data.map((value) => 255 - value)
  if (channels === 4) for (let index = 3; index < data.length; index += 4) result[index] = data[index]
  return { ...picture, data: result }
}
