/**
 * Random rotation around the center, by an angle drawn uniformly from +- `degrees`. Each pixel of the result is interpolated
 * bilinearly at its source position. Pixels from outside the image get the value `fill`. The size stays the same.
 *
 * Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR
 * 2003 (no arXiv number).
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { type Picture, pictureRules, rotation, warp } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import type { Random } from '../random.ts'

export interface RandomRotationOptions {
  /** The largest angle, 0 to 180. */
  degrees: number
  /** The value of pixels from outside the image, 0 to 255. Default: 0. */
  fill?: number
}

const OPTIONS: ValueRules<keyof RandomRotationOptions> = {
  degrees: rules.number({ minimum: 0, maximum: 180 }),
  fill: argument.fill,
}

/** The image, turned. Draws one number. */
export function randomRotation(image: Picture, options: RandomRotationOptions, random: Random): Picture {
  checkArguments('randomRotation()', { random: [random, argument.random] })
  const { degrees, fill = 0 } = checkOptions('randomRotation()', options, OPTIONS, ['degrees'])
  return rotate(image, degrees * (2 * random.uniform() - 1), fill)
}

/** Rotates the image counterclockwise around its center, by an angle in degrees. */
export function rotate(image: Picture, degrees: number, fill = 0): Picture {
  checkArguments('rotate()', {
    image: [image, pictureRules.picture],
    degrees: [degrees, rules.number()],
    fill: [fill, argument.fill],
  })
  return warp(image, rotation(degrees, image.width / 2, image.height / 2), { fill })
}
