import { OptionError } from '@onebit/core'
import { Random } from '../random.ts'
import { type CenterCropOptions, centerCrop, checkCenterCrop } from './center-crop.ts'
import { type ColorJitterOptions, checkColorJitter, colorJitter } from './color-jitter.ts'
import { checkHorizontalFlip, type HorizontalFlipOptions, randomHorizontalFlip } from './horizontal-flip.ts'
import type { PixelImage } from './pixel-image.ts'
import { checkRandomCrop, type RandomCropOptions, randomCrop } from './random-crop.ts'
import { checkRandomResizedCrop, type RandomResizedCropOptions, randomResizedCrop } from './random-resized-crop.ts'
import { checkRandomRotation, type RandomRotationOptions, randomRotation } from './random-rotation.ts'

/** One step that changes an image, as plain data: it can be written to a recipe and sent to a worker. */
export type Augmentation =
  | ({ type: 'center-crop' } & CenterCropOptions)
  | ({ type: 'random-crop' } & RandomCropOptions)
  | ({ type: 'random-resized-crop' } & RandomResizedCropOptions)
  | ({ type: 'horizontal-flip' } & HorizontalFlipOptions)
  | ({ type: 'color-jitter' } & ColorJitterOptions)
  | ({ type: 'rotation' } & RandomRotationOptions)

/** Throws `OptionError` on a step that is unknown or has options that cannot be used. */
export function checkAugmentations(steps: readonly Augmentation[]): void {
  for (const step of steps) checkStep(step)
}

function checkStep(step: Augmentation): void {
  if (step.type === 'center-crop') checkCenterCrop(step)
  else if (step.type === 'random-crop') checkRandomCrop(step)
  else if (step.type === 'random-resized-crop') checkRandomResizedCrop(step)
  else if (step.type === 'horizontal-flip') checkHorizontalFlip(step)
  else if (step.type === 'color-jitter') checkColorJitter(step)
  else if (step.type === 'rotation') checkRandomRotation(step)
  else {
    throw new OptionError({
      what: 'There is no such augmentation.',
      expected: 'center-crop, random-crop, random-resized-crop, horizontal-flip, color-jitter or rotation',
      received: `'${(step as { type?: unknown }).type}'`,
    })
  }
}

/** The image after all steps, in their order; the given one stays as it is. What is drawn depends on `random` alone. */
export function augmentImage(image: PixelImage, steps: readonly Augmentation[], random: Random): PixelImage {
  return steps.reduce((result, step) => applyStep(result, step, random), image)
}

function applyStep(image: PixelImage, step: Augmentation, random: Random): PixelImage {
  switch (step.type) {
    case 'center-crop':
      return centerCrop(image, step)
    case 'random-crop':
      return randomCrop(image, step, random)
    case 'random-resized-crop':
      return randomResizedCrop(image, step, random)
    case 'horizontal-flip':
      return randomHorizontalFlip(image, step, random)
    case 'color-jitter':
      return colorJitter(image, step, random)
    case 'rotation':
      return randomRotation(image, step, random)
  }
}

/** The generator of one image in one epoch: the same whichever worker gets the image, and whatever came before it. */
export function imageRandom(epochSeed: number, index: number): Random {
  return new Random((epochSeed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0)
}
