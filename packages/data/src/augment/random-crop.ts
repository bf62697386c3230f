/**
 * Random crop. The image is scaled so that its shorter side has `shorterSide` pixels (without that option it is not scaled), and
 * gets a border of `padding` pixels on each side. Then a rectangle of the given size is cut out; every position is equally
 * likely.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385 (CIFAR: 32x32, padding 4). Krizhevsky,
 * Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks" (NIPS 2012; ImageNet: shorter side 256,
 * then 224).
 */
import { type Affine, checkArguments, checkOptions, IDENTITY, OptionError, rules, type ValueRules } from '@onebit/core'
import {
  crop,
  heightAndWidth,
  inOrder,
  LONGEST_SIDE,
  type Picture,
  pictureRules,
  type Rectangle,
  resample,
  type Size,
  scaling,
  translation,
} from '@onebit/image'
import * as argument from '../argument-rules.ts'
import type { Random } from '../random.ts'

export interface RandomCropOptions {
  /** Size of the result. */
  size: Size
  /** Length of the shorter side before the crop, in pixels: an integer of at least 1. Default: no scaling. */
  shorterSide?: number
  /** Pixels added on each side: an integer of at least 0. Default: 0. */
  padding?: number
  /** The value of the border, 0 to 255. Default: 0. */
  fill?: number
}

/** `heightAndWidth` checks the size. */
const OPTIONS: ValueRules<keyof RandomCropOptions> = {
  size: rules.anything,
  shorterSide: rules.integer({ minimum: 1, maximum: LONGEST_SIDE }),
  padding: rules.integer({ minimum: 0, maximum: LONGEST_SIDE }),
  fill: argument.fill,
}

/** A rectangle of the padded image. Draws two numbers. Throws `OptionError` if the padded image is smaller than the crop. */
export function randomCrop(image: Picture, options: RandomCropOptions, random: Random): Picture {
  checkArguments('randomCrop()', { image: [image, pictureRules.picture], random: [random, argument.random] })
  checkOptions<RandomCropOptions | undefined>('randomCrop()', options, OPTIONS, ['size'])
  return cropAtRandom(image, options, random).picture
}

/** The same, with the map of the pixels. */
export function cropAtRandom(
  image: Picture,
  options: RandomCropOptions,
  random: Random,
): { readonly picture: Picture; readonly affine: Affine } {
  const { picture, affine } = scaled(image, options.shorterSide)
  const box = drawCrop(picture, options, random)
  return { picture: crop(picture, box, options.fill), affine: inOrder(affine, translation(-box.left, -box.top)) }
}

/** Rounds each side on its own, halves up. */
function scaled(picture: Picture, shorterSide: number | undefined): { readonly picture: Picture; readonly affine: Affine } {
  if (shorterSide === undefined) return { picture, affine: IDENTITY }
  const scale = shorterSide / Math.min(picture.height, picture.width)
  const height = Math.round(picture.height * scale)
  const width = Math.round(picture.width * scale)
  return { picture: resample(picture, { height, width }), affine: scaling(width / picture.width, height / picture.height) }
}

/** The rectangle that `randomCrop` cuts out of a scaled picture, in pixels of the picture without its border. */
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
