import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import type { Picture } from '../picture.ts'
import { LETTER_HEIGHT, LETTER_WIDTH, letterColumns, lettersOf } from './font.ts'
import { type Color, painter } from './paint.ts'
import { fillBox, type Point } from './shapes.ts'

export interface TextOptions {
  readonly color?: Color
  /** Size of a dot of the letters, in whole pixels: letters are 5 x 8 dots and 1 apart. Default: 1. */
  readonly scale?: number
  /** Color of a box behind the letters, one dot wider on each side. Default: no box. */
  readonly behind?: Color
}

const OPTIONS: ValueRules<keyof TextOptions> = { color: argument.color, scale: argument.textScale, behind: argument.color }

const BLACK: Color = [0, 0, 0]
const WHITE: Color = [255, 255, 255]

/** Width and height of a text in pixels, with its box. */
export function textSize(text: string, scale = 1): { readonly width: number; readonly height: number } {
  checkArguments('textSize()', { text: [text, rules.text], scale: [scale, argument.textScale] })
  return { width: ((LETTER_WIDTH + 1) * lettersOf(text).length + 1) * scale, height: (LETTER_HEIGHT + 2) * scale }
}

/** Black or white, whichever contrasts more with a color. */
export function readableOn(color: Color): Color {
  checkArguments('readableOn()', { color: [color, argument.color] })
  const [red, green, blue] = color
  return 299 * red + 587 * green + 114 * blue > 140_000 ? BLACK : WHITE
}

/**
 * Writes ASCII. Other letters lose their accents or become question marks.
 * @param at Top left of the text's box, rounded to whole pixels. A text that would leave the picture is moved back into it.
 */
export function drawText(picture: Picture, text: string, at: Point, options: TextOptions = {}): void {
  checkArguments('drawText()', { picture: [picture, argument.picture], text: [text, rules.text], at: [at, argument.point] })
  const given = checkOptions('drawText()', options, OPTIONS)
  const { scale = 1, behind, color = behind ? readableOn(behind) : WHITE } = given
  const { width, height } = textSize(text, scale)
  const left = Math.max(0, Math.min(Math.round(at[0]), picture.width - width))
  const top = Math.max(0, Math.min(Math.round(at[1]), picture.height - height))
  if (behind) fillBox(picture, { top, left, height, width }, behind)
  const paint = painter(picture, color)
  for (const [index, letter] of lettersOf(text).entries()) {
    const columns = letterColumns(letter)
    for (let x = 0; x < LETTER_WIDTH * scale; x++) {
      const bits = columns[Math.floor(x / scale)]
      for (let y = 0; y < LETTER_HEIGHT * scale; y++) {
        if ((bits >> Math.floor(y / scale)) & 1) paint(left + scale + index * (LETTER_WIDTH + 1) * scale + x, top + scale + y, 1)
      }
    }
  }
}

/** A box with its label: above it if there is room, otherwise inside. */
export function drawLabel(picture: Picture, text: string, at: Point, color: Color, scale = 1): void {
  checkArguments('drawLabel()', { at: [at, argument.point], color: [color, argument.color] })
  const [x, y] = at
  const { height } = textSize(text, scale)
  drawText(picture, text, [x, y >= height ? y - height : y], { behind: color, scale })
}
