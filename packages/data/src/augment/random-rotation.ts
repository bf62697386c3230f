/**
 * Random rotation about the middle by an angle drawn uniformly from +- `degrees`. Each pixel of the result is interpolated
 * bilinearly at the place it came from; what came from outside is `fill`. The size stays.
 *
 * Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks Applied to Visual Document Analysis", ICDAR
 * 2003 (no arXiv number).
 */
import { type Picture, rotation, warp } from '@onebit/image'
import type { Random } from '../random.ts'

export interface RandomRotationOptions {
  /** The largest angle, 0 to 180. */
  degrees: number
  /** The value of what comes from outside the image, 0 to 255. Default: 0. */
  fill?: number
}

/** The image, turned. Draws one number. */
export function randomRotation(image: Picture, { degrees, fill = 0 }: RandomRotationOptions, random: Random): Picture {
  return rotate(image, degrees * (2 * random.uniform() - 1), fill)
}

/** The image turned counterclockwise by an angle in degrees, around its middle. */
export function rotate(image: Picture, degrees: number, fill = 0): Picture {
  return warp(image, rotation(degrees, image.width / 2, image.height / 2), { fill })
}
