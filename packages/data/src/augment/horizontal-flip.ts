/**
 * Horizontal flip: exchanges left and right with the given probability.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385; AlexNet used it before.
 */
import { flipHorizontally, type Picture } from '@onebit/image'
import type { Random } from '../random.ts'

export interface HorizontalFlipOptions {
  /** 0 to 1. Default: 0.5. */
  probability?: number
}

/** Returns the image or its mirror image. Draws one number. */
export function randomHorizontalFlip(image: Picture, options: HorizontalFlipOptions, random: Random): Picture {
  return random.uniform() < (options.probability ?? 0.5) ? flipHorizontally(image) : image
}
