/**
 * Center crop, the usual view for evaluation. The picture is scaled so that its shorter side has `shorterSide` pixels (without
 * that option it is not scaled), then its middle is cut out. Only the remaining pixels are computed.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385 (256, then 224).
 */
import { checkArguments, checkOptions, OptionError, rules, type ValueRules } from '@onebit/core'
import * as argument from './argument-rules.ts'
import { heightAndWidth, requireSide } from './limits.ts'
import type { Extent, Picture, Size } from './picture.ts'
import { centered, type Placement, type PlaceOptions, place } from './placement.ts'

export interface CenterCropOptions {
  /** Size of the result, each side at most `LONGEST_SIDE`. */
  readonly size: Size
  /** Length of the shorter side before the crop, in pixels; at least the size. Default: no scaling. Missing pixels are black. */
  readonly shorterSide?: number
}

export interface CenterCropStep extends CenterCropOptions {
  readonly type: 'center-crop'
}

/** `heightAndWidth` and `requireSide` check the sizes. Steps of a preparation are options with a type. */
const OPTIONS: ValueRules<keyof CenterCropStep> = {
  type: rules.oneOf(['center-crop']),
  size: rules.anything,
  shorterSide: rules.anything,
}

/** @throws OptionError on options that cannot be used. */
export function checkCenterCrop(options: CenterCropOptions): void {
  const { size, shorterSide } = checkOptions<CenterCropOptions & Partial<CenterCropStep>>('centerCrop()', options, OPTIONS, [
    'size',
  ])
  const largest = Math.max(...heightAndWidth(size))
  if (shorterSide === undefined) return
  requireSide('shorter side', shorterSide)
  if (shorterSide >= largest) return
  throw new OptionError({
    what: 'The center crop is larger than the scaled image.',
    expected: `a shorter side of at least ${largest}`,
    received: `${shorterSide}`,
  })
}

/** Rounds each side on its own, halves up. */
export function placeCenterCrop({ height, width }: Extent, { size, shorterSide }: CenterCropOptions): Placement {
  const scale = shorterSide === undefined ? 1 : shorterSide / Math.min(height, width)
  return centered({ height: Math.round(height * scale), width: Math.round(width * scale) }, heightAndWidth(size))
}

/** The middle of the picture, of the given size. */
export function centerCrop(picture: Picture, options: CenterCropOptions, placing?: PlaceOptions): Picture {
  checkArguments('centerCrop()', { picture: [picture, argument.picture] })
  checkCenterCrop(options)
  checkOptions<PlaceOptions | undefined>('centerCrop()', placing, {
    ...argument.placing,
    fill: rules.either(argument.fill, rules.callback),
  })
  return place(picture, placeCenterCrop(picture, options), placing)
}
