/** Augmentations as recipes write them; every step is checked with its path. What each does is in `@onebit/data`. */
import type { PixelPreparation } from '@onebit/core'
import { ModelFormatError } from '@onebit/core'
import type { Augmentation } from '@onebit/data'
import { z } from 'zod'

const pixels = z.int().min(1)
const size = z.union([pixels, z.tuple([pixels, pixels])], { error: 'expected pixels, or [height, width]' })
const byte = z.int().min(0).max(255)
const change = z.number().min(0)
const range = z.tuple([z.number().positive(), z.number().positive()])

const steps = {
  'center-crop': z.strictObject({ type: z.literal('center-crop'), size, shorterSide: pixels.optional() }),
  'random-crop': z.strictObject({
    type: z.literal('random-crop'),
    size,
    padding: z.int().min(0).optional(),
    fill: byte.optional(),
  }),
  'random-resized-crop': z.strictObject({
    type: z.literal('random-resized-crop'),
    size,
    scale: range.optional(),
    ratio: range.optional(),
  }),
  'horizontal-flip': z.strictObject({
    type: z.literal('horizontal-flip'),
    probability: z.number().min(0).max(1).optional(),
  }),
  'color-jitter': z.strictObject({
    type: z.literal('color-jitter'),
    brightness: change.optional(),
    contrast: change.optional(),
    saturation: change.optional(),
    hue: z.number().min(0).max(180).optional(),
  }),
  rotation: z.strictObject({
    type: z.literal('rotation'),
    degrees: z.number().min(0).max(180),
    fill: byte.optional(),
  }),
} satisfies Record<Augmentation['type'], z.ZodType<Augmentation>>

export const AUGMENTATIONS = Object.keys(steps)

export const augmentationSchema: z.ZodType<Augmentation> = z.discriminatedUnion('type', [
  steps['center-crop'],
  steps['random-crop'],
  steps['random-resized-crop'],
  steps['horizontal-flip'],
  steps['color-jitter'],
  steps.rotation,
])

/** The keys that a step takes. */
export function augmentationKeys(type: unknown): readonly string[] {
  return Object.keys(steps[type as keyof typeof steps]?.shape ?? {})
}

/**
 * The steps that a model file names, as augmentations.
 * @throws ModelFormatError if one is none.
 */
export function augmentationsOf(steps: readonly PixelPreparation[]): readonly Augmentation[] {
  const result = z.array(augmentationSchema).safeParse(steps)
  if (result.success) return result.data
  throw new ModelFormatError(
    {
      field: 'metadata.preparation',
      what: `The model's 'preparation' names steps that are unknown here.`,
      expected: AUGMENTATIONS.join(', '),
      received: JSON.stringify(steps).slice(0, 80),
    },
    { cause: result.error },
  )
}
