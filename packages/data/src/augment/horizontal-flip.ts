/**
 * Horizontal flip: exchanges left and right with the given probability.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385; AlexNet used it before.
 */
import { checkArguments, checkOptions, rules, type ValueRules } from '@onebit/core'
import { flipHorizontally, type Picture, pictureRules } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import type { Random } from '../random.ts'

export interface HorizontalFlipOptions {
  /** 0 to 1. Default: 0.5. */
  probability?: number
}

const OPTIONS: ValueRules<keyof HorizontalFlipOptions> = { probability: rules.number({ minimum: 0, maximum: 1 }) }

/** The image or its mirror image. Draws one number. */
export function randomHorizontalFlip(image: Picture, options: HorizontalFlipOptions, random: Random): Picture {
  checkArguments('randomHorizontalFlip()', { image: [image, pictureRules.picture], random: [random, argument.random] })
  const { probability = 0.5 } = checkOptions('randomHorizontalFlip()', options, OPTIONS)
  return random.uniform() < probability ? flipHorizontally(image) : image
}
