import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import * as argument from '../argument-rules.ts'
import { paste } from '../crop.ts'
import { LONGEST_SIDE } from '../limits.ts'
import { blankPicture, type Picture } from '../picture.ts'
import { place } from '../placement.ts'
import { placeResize, RESIZE_MODES, type ResizeMode } from '../resize.ts'
import type { Color } from './paint.ts'
import { drawText, readableOn, textSize } from './text.ts'

export interface SheetEntry {
  readonly picture: Picture
  /** Text below the picture, cut at the picture's width. */
  readonly caption?: string
  /** Color of the caption. Default: black or white, for contrast with the background. */
  readonly color?: Color
}

export interface SheetOptions {
  /** Width and height of each picture on the sheet, in pixels. Default: 128. */
  readonly size?: number
  /** Pictures per row. Default: a number that makes the sheet about square. */
  readonly columns?: number
  /** Fits each picture into its place. Default: `contain`. */
  readonly mode?: ResizeMode
  /** Space between pictures and around them, in pixels. Default: 4. */
  readonly gap?: number
  /** Default: a dark gray. */
  readonly background?: Color
  /** Size of the captions' dots, in whole pixels. Default: 1. */
  readonly scale?: number
}

const entry = rules.object({ picture: argument.picture }, { caption: rules.text, color: argument.color })
const OPTIONS: ValueRules<keyof SheetOptions> = {
  size: rules.integer({ minimum: 1, maximum: LONGEST_SIDE }),
  columns: rules.integer({ minimum: 1, maximum: LONGEST_SIDE }),
  mode: rules.oneOf(RESIZE_MODES),
  gap: rules.integer({ minimum: 0, maximum: LONGEST_SIDE }),
  background: argument.color,
  scale: argument.textScale,
}

/** One RGB picture of at least one entry, in rows, with captions. The background shows through transparent pictures. */
export function contactSheet(entries: readonly SheetEntry[], given: SheetOptions = {}): Picture {
  checkArguments('contactSheet()', { entries: [entries, rules.list(entry, { minimum: 1 })] })
  const options = checkOptions('contactSheet()', given, OPTIONS)
  const {
    size = 128,
    columns = Math.ceil(Math.sqrt(entries.length)),
    mode,
    gap = 4,
    background = [32, 32, 32],
    scale = 1,
  } = options
  const caption = entries.some((entry) => entry.caption) ? textSize('', scale).height : 0
  const rows = Math.ceil(entries.length / columns)
  const sheet = blankPicture(columns * (size + gap) + gap, rows * (size + caption + gap) + gap, 3, background)
  for (const [index, entry] of entries.entries()) {
    const top = gap + Math.floor(index / columns) * (size + caption + gap)
    const left = gap + (index % columns) * (size + gap)
    const placement = placeResize(entry.picture, { size, mode })
    paste(sheet, place(entry.picture, placement, { channels: 3, background, fill: background }), top, left)
    if (!entry.caption) continue
    const letters = Math.floor((size / scale - 1) / 6)
    const line = blankPicture(size, caption, 3, background)
    drawText(line, entry.caption.slice(0, letters), [0, 0], { color: entry.color ?? readableOn(background), scale })
    paste(sheet, line, top + size, left)
  }
  return sheet
}
