import { OptionError } from '@onebit/core'
import { applyStep, isPreparationStep, type Picture, type PreparationStep, preparationOf } from '@onebit/image'
import { Random } from '../random.ts'
import { type ColorJitterOptions, checkColorJitter, colorJitter } from './color-jitter.ts'
import { checkHorizontalFlip, type HorizontalFlipOptions, randomHorizontalFlip } from './horizontal-flip.ts'
import { checkRandomCrop, type RandomCropOptions, randomCrop } from './random-crop.ts'
import { checkRandomResizedCrop, type RandomResizedCropOptions, randomResizedCrop } from './random-resized-crop.ts'
import { checkRandomRotation, type RandomRotationOptions, randomRotation } from './random-rotation.ts'

/** One step that changes an image, as plain data: it can be written to a recipe and sent to a worker. */
export type Augmentation =
  | PreparationStep
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
  if (isPreparationStep(step)) preparationOf([step])
  else if (step.type === 'random-crop') checkRandomCrop(step)
  else if (step.type === 'random-resized-crop') checkRandomResizedCrop(step)
  else if (step.type === 'horizontal-flip') checkHorizontalFlip(step)
  else if (step.type === 'color-jitter') checkColorJitter(step)
  else if (step.type === 'rotation') checkRandomRotation(step)
  else {
    throw new OptionError({
      what: 'There is no such augmentation.',
      expected: 'center-crop, resize, random-crop, random-resized-crop, horizontal-flip, color-jitter or rotation',
      received: `'${(step as { type?: unknown }).type}'`,
    })
  }
}

/** The image after all steps, in their order; the given one stays as it is. What is drawn depends on `random` alone. */
export function augmentImage(image: Picture, steps: readonly Augmentation[], random: Random): Picture {
  return steps.reduce((result, step) => augmentBy(result, step, random), image)
}

function augmentBy(image: Picture, step: Augmentation, random: Random): Picture {
  switch (step.type) {
    case 'center-crop':
    case 'resize':
      return applyStep(image, step)
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
