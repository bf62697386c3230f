/** The augmentations of this package, with the rules of their options. The file of each explains it and names its paper. */
import {
  applyStep,
  type CenterCropOptions,
  checkCenterCrop,
  checkResize,
  crop,
  flipHorizontally,
  heightAndWidth,
  horizontalFlip as horizontalMirror,
  inOrder,
  type Picture,
  type PreparationStep,
  preparationAffine,
  type ResizeOptions,
  resample,
  rotation,
  type Size,
  scaling,
  translation,
} from '@onebit/image'
import { type AugmentationPlugin, type Augmented, defineAugmentation } from './augmentation-plugin.ts'
import { type ColorJitterOptions, colorJitter } from './color-jitter.ts'
import { drawCrop, type RandomCropOptions } from './random-crop.ts'
import { checkRandomResizedCrop, drawBox, type RandomResizedCropOptions } from './random-resized-crop.ts'
import { rotate } from './random-rotation.ts'

const pixels = { type: 'number', min: 1, integer: true } as const

/** Size of the result. */
const size = {
  type: 'union',
  of: [pixels, { type: 'list', of: pixels, length: 2 }],
  description: 'pixels of the result: one number for a square, or [height, width]',
} as const

const fill = { default: 0, min: 0, max: 255, integer: true, description: 'value outside the picture' } as const

const sizeOf = (options: { readonly size: unknown }): Size => options.size as Size

/** A step without randomness, as in deployment. */
const prepared = (picture: Picture, step: PreparationStep): Augmented => ({
  picture: applyStep(picture, step),
  affine: preparationAffine(picture, [step]),
})

const centerCrop = defineAugmentation({
  name: 'center-crop',
  package: '@onebit/data',
  paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2015, arxiv: '1512.03385' },
  options: {
    size,
    shorterSide: { ...pixels, optional: true, description: 'first scale the shorter side to this many pixels' },
  },
  check: (options) => checkCenterCrop(options as CenterCropOptions),
  size: sizeOf,
  apply: (picture, options) => prepared(picture, { ...(options as CenterCropOptions), type: 'center-crop' }),
})

const resized = defineAugmentation({
  name: 'resize',
  package: '@onebit/data',
  options: {
    size,
    mode: {
      default: 'contain',
      values: ['contain', 'cover', 'stretch'],
      description: 'fit in the whole picture, crop the longer side, or stretch',
    },
    fill: {
      type: 'union',
      of: [
        { type: 'number', min: 0, max: 255, integer: true },
        { type: 'choice', values: ['border'] },
      ],
      optional: true,
      description: 'value of the remaining area, or border to extend the border',
    },
  },
  check: (options) => checkResize(options as ResizeOptions),
  size: sizeOf,
  apply: (picture, options) => prepared(picture, { ...(options as ResizeOptions), type: 'resize' }),
})

const randomCrop = defineAugmentation({
  name: 'random-crop',
  package: '@onebit/data',
  paper: { title: 'Deep Residual Learning for Image Recognition', authors: 'He et al.', year: 2015, arxiv: '1512.03385' },
  options: {
    size,
    padding: { default: 0, min: 0, integer: true, description: 'first add this many pixels on each side' },
    fill,
  },
  size: sizeOf,
  apply(picture, options, random) {
    const { top, left, height, width } = drawCrop(picture, options as RandomCropOptions, random)
    return { picture: crop(picture, { top, left, height, width }, options.fill), affine: translation(-left, -top) }
  },
})

const positive = { type: 'number', min: 0, exclusive: 'min' } as const

const randomResizedCrop = defineAugmentation({
  name: 'random-resized-crop',
  package: '@onebit/data',
  paper: { title: 'Going Deeper with Convolutions', authors: 'Szegedy et al.', year: 2014, arxiv: '1409.4842' },
  options: {
    size,
    scale: {
      type: 'list',
      of: { ...positive, max: 1 },
      length: 2,
      default: [0.08, 1],
      description: 'smallest and largest share of the picture in the crop',
    },
    ratio: {
      type: 'list',
      of: positive,
      length: 2,
      default: [3 / 4, 4 / 3],
      description: 'smallest and largest ratio of width to height',
    },
  },
  check: (options) => checkRandomResizedCrop(options as unknown as RandomResizedCropOptions),
  size: sizeOf,
  apply(picture, options, random) {
    const [height, width] = heightAndWidth(sizeOf(options))
    const box = drawBox(picture, options as unknown as RandomResizedCropOptions, random)
    return {
      picture: resample(picture, { from: box, height, width }),
      affine: inOrder(translation(-box.left, -box.top), scaling(width / box.width, height / box.height)),
    }
  },
})

const horizontalFlip = defineAugmentation({
  name: 'horizontal-flip',
  package: '@onebit/data',
  options: { probability: { default: 0.5, min: 0, max: 1, description: 'probability of a flip' } },
  apply: (picture, { probability }, random) =>
    random.uniform() < probability
      ? { picture: flipHorizontally(picture), affine: horizontalMirror(picture.width) }
      : { picture },
})

const change = { default: 0, min: 0 } as const

const jitter = defineAugmentation({
  name: 'color-jitter',
  package: '@onebit/data',
  paper: {
    title: 'Some Improvements on Deep Convolutional Neural Network Based Image Classification',
    authors: 'Howard',
    year: 2013,
    arxiv: '1312.5402',
  },
  options: {
    brightness: { ...change, description: 'largest difference of the factor from 1' },
    contrast: { ...change, description: 'largest difference of the factor from 1' },
    saturation: { ...change, description: 'largest difference of the factor from 1' },
    hue: { ...change, max: 180, description: 'largest angle in degrees' },
  },
  apply: (picture, options, random) => ({ picture: colorJitter(picture, options as ColorJitterOptions, random) }),
})

const turn = defineAugmentation({
  name: 'rotation',
  package: '@onebit/data',
  options: { degrees: { type: 'number', min: 0, max: 180, description: 'largest angle in both directions, in degrees' }, fill },
  apply(picture, options, random) {
    const degrees = options.degrees * (2 * random.uniform() - 1)
    return {
      picture: rotate(picture, degrees, options.fill),
      affine: rotation(degrees, picture.width / 2, picture.height / 2),
    }
  },
})

/** All augmentations, for `createRegistry`. */
export const augmentations: readonly AugmentationPlugin[] = [
  centerCrop,
  resized,
  randomCrop,
  randomResizedCrop,
  horizontalFlip,
  jitter,
  turn,
]
