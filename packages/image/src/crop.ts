import { checkArguments, rules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { blankPicture, type Fill, type Picture, type Rectangle } from './picture.ts'

/** The pixels of an integer rectangle. Pixels outside the picture are `fill`. Default: 0. */
export function crop(picture: Picture, rectangle: Rectangle, fill: Fill = 0): Picture {
  checkArguments('crop()', {
    picture: [picture, argument.picture],
    rectangle: [rectangle, argument.pixelRectangle],
    fill: [fill, argument.fill],
  })
  const { top, left, height, width } = rectangle
  const { channels } = picture
  const result = blankPicture(width, height, channels, fill)
  paste(result, picture, -top, -left)
  return result
}

/** Writes a picture into another of as many channels, at integers `top` and `left`. Pixels outside the target are dropped. */
export function paste(target: Picture, picture: Picture, top: number, left: number): void {
  checkArguments('paste()', {
    target: [target, argument.picture],
    picture: [picture, argument.picture],
    channels: [picture?.channels, rules.oneOf([target?.channels])],
    top: [top, rules.integer()],
    left: [left, rules.integer()],
  })
  const { channels } = picture
  const firstRow = Math.max(0, top)
  const lastRow = Math.min(target.height, top + picture.height)
  const firstColumn = Math.max(0, left)
  const columns = Math.min(target.width, left + picture.width) - firstColumn
  if (columns <= 0) return
  for (let row = firstRow; row < lastRow; row++) {
    const start = ((row - top) * picture.width + firstColumn - left) * channels
    target.data.set(picture.data.subarray(start, start + columns * channels), (row * target.width + firstColumn) * channels)
  }
}
