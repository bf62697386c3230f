/**
 * Horizontal flip: left and right change places, with the given probability.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385, as AlexNet before it.
 */
import type { Random } from '../random.ts'
import { requireNumber } from '../require-option.ts'
import { filledImage, type PixelImage } from './pixel-image.ts'

export interface HorizontalFlipOptions {
  /** 0 to 1. Default: 0.5. */
  probability?: number
}

/** Throws `OptionError` on options that cannot be used. */
export function checkHorizontalFlip({ probability = 0.5 }: HorizontalFlipOptions): void {
  requireNumber('probability of a flip', probability, 0, 1)
}

/** The image or its mirror image. Draws one number. */
export function randomHorizontalFlip(image: PixelImage, options: HorizontalFlipOptions, random: Random): PixelImage {
  return random.uniform() < (options.probability ?? 0.5) ? mirror(image) : image
}

/** The image with left and right exchanged. */
export function mirror(image: PixelImage): PixelImage {
  const { data, height, width, channels } = image
  const result = filledImage(height, width, channels, 0)
  const rowLength = width * channels
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < height; row++) {
      let source = (row + 1) * rowLength + channel
      const end = (row + 1) * rowLength
      for (let target = row * rowLength + channel; target < end; target += channels) {
        source -= channels
        result.data[target] = data[source]
      }
    }
  }
  return result
}
