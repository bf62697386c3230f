/**
 * Moves a picture by an affine map that may shrink it a lot. A picture that shrinks by more than half is averaged first, so
 * nothing aliases. The visible part of the picture is resampled to at most twice the size of the result, then interpolated once.
 */
import { checkArguments, checkOptions, type ValueRules } from '@onebit/core'
import { type Affine, inOrder, inverse, moveRectangle, scaling, translation } from './affine.ts'
import * as argument from './argument-rules.ts'
import type { Fill, Picture } from './picture.ts'
import { resample } from './resample.ts'
import { warp } from './warp.ts'

export interface WarpReducedOptions {
  readonly width: number
  readonly height: number
  /** Fill for pixels from outside the picture. Default: 0. */
  readonly fill?: Fill
}

const OPTIONS: ValueRules<keyof WarpReducedOptions> = { width: argument.side, height: argument.side, fill: argument.fill }

/** Number of the picture's pixels per pixel of the result, in each direction. */
function reduction([a, b, , d, e]: Affine): number {
  return 1 / Math.sqrt(Math.abs(a * e - b * d))
}

/**
 * @param affine Maps the picture's coordinates to the result's.
 * @throws InputError if the map has no inverse.
 */
export function warpReduced(picture: Picture, affine: Affine, options: WarpReducedOptions): Picture {
  checkArguments('warpReduced()', { picture: [picture, argument.picture], affine: [affine, argument.affine] })
  const { width, height } = checkOptions('warpReduced()', options, OPTIONS, ['width', 'height'])
  const factor = reduction(affine)
  if (factor <= 2) return warp(picture, affine, options)
  // The part that the result sees, with a margin, in whole pixels of the picture.
  const seen = moveRectangle(inverse(affine), { left: 0, top: 0, width, height })
  const left = Math.max(0, Math.floor(seen.left - factor))
  const top = Math.max(0, Math.floor(seen.top - factor))
  const right = Math.min(picture.width, Math.ceil(seen.left + seen.width + factor))
  const bottom = Math.min(picture.height, Math.ceil(seen.top + seen.height + factor))
  if (right <= left || bottom <= top) return warp(picture, affine, options)
  const from = { left, top, width: right - left, height: bottom - top }
  const size = { width: Math.ceil((2 * from.width) / factor), height: Math.ceil((2 * from.height) / factor) }
  const reduced = resample(picture, { from, ...size })
  const back = inOrder(scaling(from.width / size.width, from.height / size.height), translation(left, top))
  return warp(reduced, inOrder(back, affine), options)
}
