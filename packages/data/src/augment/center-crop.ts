/**
 * Center crop, the usual view for evaluation: the image is scaled so that its shorter side has `shorterSide` pixels (without
 * that option it is not scaled), then its middle is cut out. Draws nothing.
 *
 * He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", arXiv:1512.03385 (256, then 224).
 */
import { OptionError } from '@onebit/core'
import { requireInteger } from '../require-option.ts'
import { cut, heightAndWidth, type PixelImage, type Size } from './pixel-image.ts'
import { resample } from './resample.ts'

export interface CenterCropOptions {
  /** Of the result. */
  size: Size
  /** What the shorter side is scaled to first, in pixels; at least the size. Default: no scaling; what is missing is black. */
  shorterSide?: number
}

/** Throws `OptionError` on options that cannot be used. */
export function checkCenterCrop({ size, shorterSide }: CenterCropOptions): void {
  const largest = Math.max(...heightAndWidth(size))
  if (shorterSide === undefined) return
  requireInteger('shorter side', shorterSide, 1)
  if (shorterSide >= largest) return
  throw new OptionError({
    what: 'The center crop is larger than the scaled image.',
    expected: `a shorter side of at least ${largest}`,
    received: `${shorterSide}`,
  })
}

/** The middle of the image, of the given size. */
export function centerCrop(image: PixelImage, { size, shorterSide }: CenterCropOptions): PixelImage {
  const [height, width] = heightAndWidth(size)
  const scaled = shorterSide === undefined ? image : scaleShorterSide(image, shorterSide)
  return cut(scaled, Math.floor((scaled.height - height) / 2), Math.floor((scaled.width - width) / 2), height, width)
}

/** The whole image, scaled. */
export function scaleShorterSide(image: PixelImage, shorterSide: number): PixelImage {
  const scale = shorterSide / Math.min(image.height, image.width)
  if (scale === 1) return image
  const [height, width] = [image.height, image.width].map((side) => Math.round(side * scale))
  return resample(image, { top: 0, left: 0, height: image.height, width: image.width }, height, width)
}
