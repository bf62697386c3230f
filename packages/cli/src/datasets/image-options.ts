/** What a recipe may say of any data set of image files. */
import type { Augmentation } from '@onebit/data'
import { z } from 'zod'
import { type CommonOptions, commonKeys } from './dataset.ts'

export const imageKeys = {
  /** `skip` leaves out files that cannot be decoded, and counts them. */
  badFiles: z.enum(['throw', 'skip']).default('throw'),
  /** Threads that decode; default: what the machine has, 1 to 4. */
  workers: z.int().min(1).optional(),
  ...commonKeys,
}

export interface ImageOptions extends CommonOptions {
  /** Height and width of the network's input, in pixels. */
  readonly size: number
  readonly badFiles: 'throw' | 'skip'
  readonly workers?: number
}

/** The usual evaluation: the shorter side scaled to 8/7 of the size, the middle cut out. */
export function centerOf(size: number): Augmentation[] {
  return [{ type: 'center-crop', size, shorterSide: Math.round((size * 8) / 7) }]
}
