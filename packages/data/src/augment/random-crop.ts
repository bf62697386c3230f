/**
 * Random crop: adds a border of `padding` pixels on each side, then cuts out a rectangle of the given size. Each position is
 * equally likely.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385 (CIFAR: 32x32, padding 4).
 */
import { OptionError } from '@onebit/core'
import { crop, heightAndWidth, type Picture, type Rectangle, type Size } from '@onebit/image'
import type { Random } from '../random.ts'

export interface RandomCropOptions {
  /** Size of the result. */
  size: Size
  /** Pixels added on each side: an integer of at least 0. Default: 0. */
  padding?: number
  /** The value of the border, 0 to 255. Default: 0. */
  fill?: number
}

/**
 * Cuts out a rectangle of the padded image. Draws two numbers. Throws `OptionError` if the padded image is smaller than the crop.
 */
export function randomCrop(image: Picture, options: RandomCropOptions, random: Random): Picture {
  const { top, left, height, width } = drawCrop(image, options, random)
  return crop(image, { top, left, height, width }, options.fill)
}

/** The rectangle that `randomCrop` cuts out, in pixels of the image without its border. */
export function drawCrop(image: Picture, { size, padding = 0 }: RandomCropOptions, random: Random): Rectangle {
  const [height, width] = heightAndWidth(size)
  const rows = image.height + 2 * padding - height
  const columns = image.width + 2 * padding - width
  if (rows < 0 || columns < 0) {
    throw new OptionError({
      what: 'The image is too small to crop.',
      expected: `at least ${height}x${width} pixels (height x width), padding included`,
      received: `${image.height + 2 * padding}x${image.width + 2 * padding}`,
      fix: 'Give a smaller size or more padding, or use random-resized-crop.',
    })
  }
  const top = random.below(rows + 1) - padding
  const left = random.below(columns + 1) - padding
  return { top, left, height, width }
}
