import { checkKeys, describeValue, OptionError } from '@onebit/core'
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

/** The options of each step, beside its type, and the check of their values. */
const STEPS: { readonly [Type in Augmentation['type']]: StepRule<Extract<Augmentation, { type: Type }>> } = {
  'center-crop': { options: ['size', 'shorterSide'], check: checkCenterCrop },
  'random-crop': { options: ['size', 'padding', 'fill'], check: checkRandomCrop },
  'random-resized-crop': { options: ['size', 'scale', 'ratio'], check: checkRandomResizedCrop },
  'horizontal-flip': { options: ['probability'], check: checkHorizontalFlip },
  'color-jitter': { options: ['brightness', 'contrast', 'saturation', 'hue'], check: checkColorJitter },
  rotation: { options: ['degrees', 'fill'], check: checkRandomRotation },
}

interface StepRule<Step> {
  readonly options: readonly Exclude<keyof Step, 'type'>[]
  check(step: Step): void
}

function checkStep(step: Augmentation): void {
  if (!Object.hasOwn(STEPS, step?.type)) {
    throw new OptionError({
      what: 'There is no such augmentation.',
      expected: Object.keys(STEPS).join(', '),
      received: describeValue(step?.type),
    })
  }
  const { options, check } = STEPS[step.type] as StepRule<Augmentation>
  checkKeys(`The augmentation '${step.type}'`, step, ['type', ...options])
  check(step)
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
