/** Changes a picture's size, with or without its proportions. */
import { checkArguments, checkOptions, describeValue, OptionError, rules, type ValueRules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { borderColor } from './border-color.ts'
import { heightAndWidth } from './limits.ts'
import type { Extent, Fill, Picture, Size } from './picture.ts'
import { centered, type Placement, type PlaceOptions, place } from './placement.ts'

/**
 * `contain` fits the whole picture in and fills the rest; `cover` fills the size and cuts off the longer side around the middle;
 * `stretch` keeps the whole picture and changes its proportions.
 */
export type ResizeMode = 'contain' | 'cover' | 'stretch'

export interface ResizeOptions {
  /** Size of the result, each side at most `LONGEST_SIDE`. */
  readonly size: Size
  /** Default: `contain`. */
  readonly mode?: ResizeMode
  /** Fill for the rest with `contain`: 0 to 255, or the mean color of the scaled picture's border. Default: 0. */
  readonly fill?: number | 'border'
}

export interface ResizeStep extends ResizeOptions {
  readonly type: 'resize'
}

export const RESIZE_MODES: readonly unknown[] = ['contain', 'cover', 'stretch'] satisfies ResizeMode[]

/** The values are checked below. Steps of a preparation are options with a type. */
const OPTIONS: ValueRules<keyof ResizeStep> = {
  type: rules.oneOf(['resize']),
  size: rules.anything,
  mode: rules.anything,
  fill: rules.anything,
}

/** @throws OptionError on options that cannot be used. */
export function checkResize(options: ResizeOptions): void {
  const given = checkOptions<ResizeOptions & Partial<ResizeStep>>('resize()', options, OPTIONS, ['size'])
  const { size, mode = 'contain', fill = 0 } = given
  heightAndWidth(size)
  if (!RESIZE_MODES.includes(mode)) {
    throw new OptionError({ what: 'The mode cannot be used.', expected: RESIZE_MODES.join(', '), received: describeValue(mode) })
  }
  if (fill === 'border' || (Number.isInteger(fill) && fill >= 0 && fill <= 255)) return
  throw new OptionError({
    what: 'The fill cannot be used.',
    expected: "an integer from 0 to 255, or 'border'",
    received: describeValue(fill),
  })
}

/** Rounds each side on its own, halves up; no side becomes 0. */
export function placeResize({ height, width }: Extent, { size, mode = 'contain' }: ResizeOptions): Placement {
  const [high, wide] = heightAndWidth(size)
  if (mode === 'stretch') return centered({ height: high, width: wide }, [high, wide])
  const scale = mode === 'contain' ? Math.min(high / height, wide / width) : Math.max(high / height, wide / width)
  const side = (length: number): number => Math.max(1, Math.round(length * scale))
  return centered({ height: side(height), width: side(width) }, [high, wide])
}

/** The picture at the given size. */
export function resize(picture: Picture, options: ResizeOptions, placing?: Omit<PlaceOptions, 'fill'>): Picture {
  checkArguments('resize()', { picture: [picture, argument.picture] })
  checkResize(options)
  checkOptions<Omit<PlaceOptions, 'fill'> | undefined>('resize()', placing, argument.placing)
  const { fill = 0 } = options
  return place(picture, placeResize(picture, options), { ...placing, fill: fill === 'border' ? borderFill : fill })
}

const borderFill = (scaled: Picture): Fill => borderColor(scaled).map(Math.round)
