/** Augmentations as recipes write them; every step is checked with its path. What each does is in `@onebit/data`. */
import type { Augmentation } from '@onebit/data'
import { LONGEST_SIDE } from '@onebit/image'
import { z } from 'zod'

const pixels = z.int().min(1).max(LONGEST_SIDE)
const size = z.union([pixels, z.tuple([pixels, pixels])], { error: 'expected pixels, or [height, width]' })
const byte = z.int().min(0).max(255)
const change = z.number().min(0)
const range = z.tuple([z.number().positive(), z.number().positive()])

const steps = {
  'center-crop': z.strictObject({ type: z.literal('center-crop'), size, shorterSide: pixels.optional() }),
  resize: z.strictObject({
    type: z.literal('resize'),
    size,
    mode: z.enum(['contain', 'cover', 'stretch']).optional(),
    fill: z.union([byte, z.literal('border')], { error: "expected 0 to 255, or 'border'" }).optional(),
  }),
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
  steps.resize,
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
