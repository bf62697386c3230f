/** A legend below a picture, where it hides nothing. */

import type { PictureData } from '@onebit/core'
import { checkArguments, rules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { toChannels } from '../color.ts'
import { paste } from '../crop.ts'
import { blankPicture, type Picture, pictureOf } from '../picture.ts'
import type { Color } from './paint.ts'
import { fillBox } from './shapes.ts'
import { drawText, readableOn, textSize } from './text.ts'

export interface LegendRow {
  readonly text: string
  /** Color of a square before the text. Default: no square. */
  readonly color?: Color
}

/** Narrower pictures are enlarged to this width, in pixels, so that a legend has room. */
const LEAST_WIDTH = 192

const GROUND: Color = [32, 32, 32]

/** The factor by which a small picture is enlarged before drawing: an integer, 1 for large pictures. */
export function drawingScale(picture: Pick<PictureData, 'width'>): number {
  checkArguments('drawingScale()', { picture: [picture, rules.object({ width: argument.side })] })
  const { width } = picture
  return Math.max(1, Math.ceil(LEAST_WIDTH / width))
}

/** The picture in color, each pixel as a square. Transparent pixels show black. */
export function enlarged(picture: PictureData, scale = drawingScale(picture)): Picture {
  checkArguments('enlarged()', { picture: [picture, argument.picture], scale: [scale, argument.side] })
  const { data, width, height } = picture
  const source = toChannels(pictureOf(new Uint8Array(data), width, height), 3)
  const result = blankPicture(width * scale, height * scale, 3)
  for (let row = 0, target = 0; row < result.height; row++) {
    for (let column = 0; column < result.width; column++, target += 3) {
      const from = (Math.floor(row / scale) * width + Math.floor(column / scale)) * 3
      for (let channel = 0; channel < 3; channel++) result.data[target + channel] = source.data[from + channel]
    }
  }
  return result
}

const legendRow = rules.object({ text: rules.text }, { color: argument.color })

/** An RGB picture with rows of text below it. Text that is too long is cut. */
export function withLegend(picture: Picture, rows: readonly LegendRow[]): Picture {
  checkArguments('withLegend()', { picture: [picture, argument.picture], rows: [rows, rules.list(legendRow)] })
  if (rows.length === 0) return picture
  const { height: line } = textSize('')
  const result = blankPicture(picture.width, picture.height + rows.length * (line + 2) + 2, 3, GROUND)
  paste(result, picture, 0, 0)
  for (const [index, { text, color }] of rows.entries()) {
    const top = picture.height + 2 + index * (line + 2)
    const left = color ? line + 4 : 2
    if (color) fillBox(result, { top, left: 2, height: line, width: line }, color)
    const letters = Math.floor((picture.width - left - 1) / (textSize('x').width - textSize('').width))
    drawText(result, text.slice(0, Math.max(0, letters)), [left, top], { color: readableOn(GROUND) })
  }
  return result
}
