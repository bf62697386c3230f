/** The augmentations of this package, with the rules of their options. The file of each explains it and names its paper. */
import {
  applyStep,
  type CenterCropOptions,
  checkCenterCrop,
  checkResize,
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
  warp,
  warpReduced,
} from '@onebit/image'
import { requireRange } from '../require-option.ts'
import { type AugmentationPlugin, type Augmented, defineAugmentation } from './augmentation-plugin.ts'
import { type ColorJitterOptions, colorJitter } from './color-jitter.ts'
import { type LightingOptions, lighting } from './lighting.ts'
import { drawPersonCrop, type PersonCropOptions } from './person-crop.ts'
import { drawAffine, type RandomAffineOptions } from './random-affine.ts'
import { cropAtRandom, type RandomCropOptions } from './random-crop.ts'
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
    shorterSide: { ...pixels, optional: true, description: 'pixels that the shorter side is scaled to first' },
    padding: { default: 0, min: 0, integer: true, description: 'pixels added on each side first' },
    fill,
  },
  size: sizeOf,
  apply: (picture, options, random) => cropAtRandom(picture, options as RandomCropOptions, random),
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

const light = defineAugmentation({
  name: 'lighting',
  package: '@onebit/data',
  paper: {
    title: 'ImageNet Classification with Deep Convolutional Neural Networks',
    authors: 'Krizhevsky et al.',
    year: 2012,
  },
  options: { deviation: { default: 0.1, min: 0, description: 'standard deviation along each axis of the colors of ImageNet' } },
  apply: (picture, options, random) => ({ picture: lighting(picture, options as LightingOptions, random) }),
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

const affine = defineAugmentation({
  name: 'affine',
  package: '@onebit/data',
  paper: { title: 'Stacked Hourglass Networks', authors: 'Newell et al.', year: 2016, arxiv: '1603.06937' },
  options: {
    degrees: { default: 0, min: 0, max: 180, description: 'largest angle in degrees, in both directions' },
    turned: { default: 1, min: 0, max: 1, description: 'probability of a turn' },
    scale: { type: 'list', of: positive, length: 2, default: [1, 1], description: 'least and greatest factor of the size' },
    shift: { default: 0, min: 0, max: 1, description: 'largest shift in both directions, as a share of the sides' },
    fill,
  },
  check: ({ scale }) => requireRange('scale', scale as readonly [number, number], Number.MIN_VALUE, Number.MAX_VALUE),
  apply(picture, options, random) {
    const map = drawAffine(picture, options as RandomAffineOptions, random)
    return { picture: warp(picture, map, { fill: options.fill }), affine: map }
  },
})

const share = { min: 0, max: 1 } as const

const personCrop = defineAugmentation({
  name: 'person-crop',
  package: '@onebit/data',
  paper: { title: 'Simple Baselines for Human Pose Estimation', authors: 'Xiao et al.', year: 2018, arxiv: '1804.06208' },
  readsAnnotation: true,
  options: {
    size,
    margin: { default: 1.25, min: 0, exclusive: 'min', description: 'size of the crop divided by that of the box' },
    degrees: { default: 0, min: 0, max: 180, description: 'largest angle in degrees, in both directions' },
    turned: { default: 0.6, ...share, description: 'probability of a turn' },
    scale: {
      type: 'list',
      of: positive,
      length: 2,
      default: [1, 1],
      description: "least and greatest factor of the person's size",
    },
    halfBody: { default: 0, ...share, description: 'probability of a crop to the upper or lower half of a body' },
    upper: {
      type: 'list',
      of: { type: 'number', min: 0, integer: true },
      default: [],
      description: 'joints of the upper half, by index',
    },
    fill,
  },
  check: ({ scale }) => requireRange('scale', scale as readonly [number, number], Number.MIN_VALUE, Number.MAX_VALUE),
  size: sizeOf,
  apply(picture, options, random, annotation) {
    const [height, width] = heightAndWidth(sizeOf(options))
    const map = drawPersonCrop(annotation, options as unknown as PersonCropOptions, random)
    return { picture: warpReduced(picture, map, { height, width, fill: options.fill }), affine: map }
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
  light,
  turn,
  affine,
  personCrop,
]
