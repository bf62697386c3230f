/**
 * A picture moved by an affine map that may make it much smaller: what is reduced by more than half is averaged first, so that nothing aliases.
 * The part of the picture that is seen is resampled to at most twice the size of the result, then interpolated once.
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
  /** What comes from outside the picture. Default: 0. */
  readonly fill?: Fill
}

const OPTIONS: ValueRules<keyof WarpReducedOptions> = { width: argument.side, height: argument.side, fill: argument.fill }

/** Pixels of the picture that one of the result stands for, in each direction. */
function reduction([a, b, , d, e]: Affine): number {
  return 1 / Math.sqrt(Math.abs(a * e - b * d))
}

/**
 * @param affine From the picture's coordinates to the result's.
 * @throws InputError if the map has no inverse.
 */
export function warpReduced(picture: Picture, affine: Affine, options: WarpReducedOptions): Picture {
  checkArguments('warpReduced()', { picture: [picture, argument.picture], affine: [affine, argument.affine] })
  const { width, height } = checkOptions('warpReduced()', options, OPTIONS, ['width', 'height'])
  const factor = reduction(affine)
  if (factor <= 2) return warp(picture, affine, options)
  // What the result sees, and a margin, in whole pixels of the picture.
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
