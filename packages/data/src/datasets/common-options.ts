/** Options of every data set. */
import type { OptionRules } from '@onebit/core'
import type { Augmentation } from '../augment/augmentation.ts'
import type { ChannelNormalization, Normalization } from '../normalization.ts'

const deviation = { type: 'number', min: 0, exclusive: 'min' } as const

export const commonRules = {
  batch: { default: 64, min: 1, integer: true, description: 'images per training step' },
  limit: { type: 'number', min: 1, integer: true, optional: true, description: 'maximum number of images of each part' },
  normalization: {
    type: 'record',
    fields: {
      mean: { type: 'union', of: [{ type: 'number' }, { type: 'list', of: { type: 'number' }, minLength: 1 }] },
      standardDeviation: { type: 'union', of: [deviation, { type: 'list', of: deviation, minLength: 1 }] },
    },
    optional: true,
    description: 'mean and standardDeviation of pixels from 0 to 1: numbers, or lists with one per channel',
  },
  augment: {
    type: 'list',
    of: { type: 'reference', kind: 'augmentation', key: 'type' },
    optional: true,
    description: 'augmentation steps, applied to each training image in each epoch',
  },
  validation: {
    type: 'number',
    min: 0,
    optional: true,
    description: 'images held out of training for validation: a share below 1, or a number',
  },
} as const satisfies OptionRules

export interface CommonOptions {
  /** Number of images in a training step. */
  readonly batch: number
  /** Maximum number of images of each part, for a quick trial. */
  readonly limit?: number
  /** Replaces the normalization of the data set. */
  readonly normalization?: Normalization | ChannelNormalization
  /** Augmentation steps, applied to each training image in each epoch. They replace those of the data set. */
  readonly augment?: readonly Augmentation[]
  /** Images held out of the training images by `holdOut`: a share below 1 or a number. Default: 0. */
  readonly validation?: number
}
