/**
 * Gray and alpha, in integer arithmetic that gives the same result in every engine. Decoders deliver color; this file makes gray.
 *
 * Gray of red, green and blue is Rec. 601 luma in 16 binary places, rounded: `(19595 r + 38470 g + 7471 b + 32768) >> 16`, as in
 * libjpeg and Pillow. The factors add up to 65536, so gray pixels keep their value.
 * Over a background b with alpha a, a value v becomes `round((a v + (255 - a) b) / 255)`: b for a = 0, v for a = 255. A browser's
 * premultiplied canvas shows the same over black, so a picture from a canvas gives the same result.
 */
import { checkArguments, rules, tagOf } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { blankPicture, type Picture } from './picture.ts'

/** The background behind transparent pixels: black, white, a color of three bytes, or squares of 8 pixels in two grays. */
export type Background = 'black' | 'white' | 'checkerboard' | readonly [red: number, green: number, blue: number]

/** Red, green and blue behind a pixel. */
type BackgroundAt = (column: number, row: number) => readonly number[]

const BLACK = [0, 0, 0]
const WHITE = [255, 255, 255]
const SQUARES = [
  [204, 204, 204],
  [255, 255, 255],
]

function backgroundAt(background: Background): BackgroundAt {
  if (background === 'checkerboard') return (column, row) => SQUARES[((column >> 3) + (row >> 3)) & 1]
  const color = background === 'black' ? BLACK : background === 'white' ? WHITE : background
  return () => color
}

/** Rec. 601 luma of three bytes, as a byte. */
export function luma(red: number, green: number, blue: number): number {
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
}

/** `value` over `behind`, rounded; all are bytes. `(x + 128 + ((x + 128) >> 8)) >> 8` is round(x / 255) up to x = 255 * 255. */
function over(value: number, behind: number, alpha: number): number {
  const sum = alpha * value + (255 - alpha) * behind + 128
  return (sum + (sum >> 8)) >> 8
}

/** Writes `count` pixels of a row to `target`, starting at a column. */
export type ReadPixels = (row: number, column: number, count: number, target: Uint8Array) => void

/** Reads a picture's pixels in other channels. */
export function pixelReader(picture: Picture, channels: 1 | 3, background: Background = 'black'): ReadPixels {
  const { data, width, channels: given } = picture
  const behind = backgroundAt(background)
  if (given === 4 && channels === 3) return colorReader(picture, behind)
  return (row, column, count, target) => {
    let source = (row * width + column) * given
    for (let pixel = 0, place = 0; pixel < count; pixel++, source += given, place += channels) {
      let red = data[source]
      let green = given === 1 ? red : data[source + 1]
      let blue = given === 1 ? red : data[source + 2]
      if (given === 4 && data[source + 3] !== 255) {
        const alpha = data[source + 3]
        const color = behind(column + pixel, row)
        red = over(red, color[0], alpha)
        green = over(green, color[1], alpha)
        blue = over(blue, color[2], alpha)
      }
      if (channels === 1) {
        target[place] = given === 1 ? red : luma(red, green, blue)
        continue
      }
      target[place] = red
      target[place + 1] = green
      target[place + 2] = blue
    }
  }
}

/** RGBA as RGB. It has its own loop, because photographs come from canvases in this form. */
function colorReader({ data, width }: Picture, behind: BackgroundAt): ReadPixels {
  return (row, column, count, target) => {
    let source = (row * width + column) * 4
    for (let pixel = 0, place = 0; pixel < count; pixel++, source += 4, place += 3) {
      const alpha = data[source + 3]
      if (alpha === 255) {
        target[place] = data[source]
        target[place + 1] = data[source + 1]
        target[place + 2] = data[source + 2]
        continue
      }
      const color = behind(column + pixel, row)
      for (let channel = 0; channel < 3; channel++) target[place + channel] = over(data[source + channel], color[channel], alpha)
    }
  }
}

/**
 * The picture as gray or color, without alpha: gray is repeated, color becomes luma, alpha is laid over the background.
 * @param background Default: black.
 */
export function toChannels(picture: Picture, channels: 1 | 3, background?: Background): Picture {
  checkArguments('toChannels()', {
    picture: [picture, argument.picture],
    channels: [channels, argument.opaqueChannels],
    background: [background, rules.optional(argument.background)],
  })
  const { width, height } = picture
  if (picture.channels === channels) return picture
  const result = blankPicture(width, height, channels)
  const read = pixelReader(picture, channels, background)
  for (let row = 0; row < height; row++) read(row, 0, width, result.data.subarray(row * width * channels))
  return result
}

/** The high byte of 16-bit values, `value >> 8`. libpng, and so browsers and sharp, reduce 16-bit files in this way. */
export function highBytes(values: Uint16Array): Uint8Array<ArrayBuffer> {
  checkArguments('highBytes()', { values: [values, rules.rule('a Uint16Array', (value) => tagOf(value) === 'Uint16Array')] })
  return Uint8Array.from(values, (value) => value >> 8)
}
