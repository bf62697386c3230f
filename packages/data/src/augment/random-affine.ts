/**
 * One random affine map, the usual augmentation for people in pictures: a turn, a scale and a shift, in a single interpolation.
 * Each part is drawn uniformly, and the turn has its own probability.
 *
 * Newell, Yang, Deng: Stacked Hourglass Networks (ECCV 2016), arXiv 1603.06937, section 3.2: 30 degrees, 0.75 to 1.25.
 */
import { type Affine, inOrder, rotation, scaling, translation } from '@onebit/image'
import type { Random } from '../random.ts'

export interface RandomAffineOptions {
  /** The largest angle in degrees, in both directions, 0 to 180. Default: 0. */
  degrees?: number
  /** Probability that a picture is turned at all, 0 to 1. Default: 1. */
  turned?: number
  /** Least and greatest factor of the size. Default: [1, 1]. */
  scale?: readonly [low: number, high: number]
  /** The largest shift in both directions, as a share of the sides. Default: 0. */
  shift?: number
  /** The value of pixels from outside the picture, 0 to 255. Default: 0. */
  fill?: number
}

/** Maps the picture's pixels to those of the result. Draws five numbers. */
export function drawAffine(
  { width, height }: { readonly width: number; readonly height: number },
  { degrees = 0, turned = 1, scale: [low, high] = [1, 1], shift = 0 }: RandomAffineOptions,
  random: Random,
): Affine {
  const evenly = (): number => 2 * random.uniform() - 1
  const isTurned = random.uniform() < turned
  const angle = degrees * evenly() * Number(isTurned)
  const factor = low + (high - low) * random.uniform()
  const [x, y] = [shift * width * evenly(), shift * height * evenly()]
  return inOrder(
    translation(-width / 2, -height / 2),
    rotation(angle),
    scaling(factor),
    translation(width / 2 + x, height / 2 + y),
  )
}
