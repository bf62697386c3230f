import { type Affine, checkArguments, createRegistry, IDENTITY, OptionError, rules } from '@onebit/core'
import { type CenterCropOptions, heightAndWidth, inOrder, type Picture, pictureRules, type ResizeOptions } from '@onebit/image'
import * as argument from '../argument-rules.ts'
import { Random } from '../random.ts'
import type { AugmentationPlugin } from './augmentation-plugin.ts'
import { augmentations } from './augmentation-plugins.ts'
import type { ColorJitterOptions } from './color-jitter.ts'
import type { HorizontalFlipOptions } from './horizontal-flip.ts'
import type { LightingOptions } from './lighting.ts'
import type { PersonCropOptions } from './person-crop.ts'
import type { RandomAffineOptions } from './random-affine.ts'
import type { RandomCropOptions } from './random-crop.ts'
import type { RandomResizedCropOptions } from './random-resized-crop.ts'
import type { RandomRotationOptions } from './random-rotation.ts'

/** Options of augmentations by name. Packages with further augmentations augment this interface. */
export interface AugmentationNames {
  'center-crop': CenterCropOptions
  resize: ResizeOptions
  'random-crop': RandomCropOptions
  'random-resized-crop': RandomResizedCropOptions
  'horizontal-flip': HorizontalFlipOptions
  'color-jitter': ColorJitterOptions
  lighting: LightingOptions
  rotation: RandomRotationOptions
  affine: RandomAffineOptions
  'person-crop': PersonCropOptions
}

/** A step that changes an image, as plain data: recipes can contain it, and workers can receive it. */
export type Augmentation = {
  [Name in keyof AugmentationNames]: { type: Name } & AugmentationNames[Name]
}[keyof AugmentationNames]

/** Checked steps, ready to apply. */
export interface Augmenter {
  readonly steps: readonly Augmentation[]
  /** `[height, width]` of the results, if a step determines it. Otherwise pictures keep their size. */
  readonly size?: readonly [height: number, width: number]
  /** True if the first step needs the annotation. */
  readonly readsAnnotation: boolean
  /**
   * The picture after all steps, in order. `affine` maps the given picture to the result. The given picture does not change;
   * without steps it is the result. The random draws depend on `random` alone.
   * @param annotation In the pixels of the given picture; needed only if `readsAnnotation` is true.
   * @throws OptionError if a picture is too small to crop; AnnotationError on an annotation that a step cannot read.
   */
  apply(picture: Picture, random: Random, annotation?: unknown): { readonly picture: Picture; readonly affine: Affine }
}

const stepsRule = rules.list(rules.object({ type: rules.text }))

/**
 * @param strangers Augmentations of other packages that steps may name. Those of this package may be in the list too.
 * @throws PluginNotFoundError with the nearest name on an unknown step; OptionError on wrong options.
 */
export function augmenter(steps: readonly Augmentation[], strangers: readonly AugmentationPlugin[] = []): Augmenter {
  checkArguments('augmenter()', {
    steps: [steps, stepsRule],
    strangers: [strangers, rules.list(rules.object({ name: rules.text }))],
  })
  const registry = createRegistry([...new Set([...augmentations, ...strangers])])
  const ready = steps.map(({ type, ...options }) => {
    const configured = registry.resolve('augmentation', { ...options, name: type })
    configured.plugin.check?.(configured.options)
    return configured
  })
  const late = ready.findIndex(({ plugin }, index) => index > 0 && plugin.readsAnnotation)
  if (late > 0) {
    throw new OptionError({
      what: `The augmentation '${steps[late].type}' reads annotations, which are in the pixels of the whole picture.`,
      expected: 'the first step',
      received: `step ${late + 1}`,
      option: 'augment',
      fix: 'Put it first.',
    })
  }
  const last = ready.findLast(({ plugin }) => plugin.size)
  return {
    steps,
    size: last && heightAndWidth(last.plugin.size!(last.options)),
    readsAnnotation: ready[0]?.plugin.readsAnnotation ?? false,
    apply(picture, random, annotation) {
      checkArguments('apply()', { picture: [picture, pictureRules.picture], random: [random, argument.random] })
      return ready.reduce(
        (before, { plugin, options }) => {
          const after = plugin.apply(before.picture, options, random, annotation)
          return { picture: after.picture, affine: after.affine ? inOrder(before.affine, after.affine) : before.affine }
        },
        { picture, affine: IDENTITY },
      )
    },
  }
}

/**
 * Applies all steps to a picture, like `augmenter(steps).apply`.
 * @throws the errors of `augmenter` and of its `apply`.
 */
export function augmentPicture(
  picture: Picture,
  steps: readonly Augmentation[],
  random: Random,
): { readonly picture: Picture; readonly affine: Affine } {
  return augmenter(steps).apply(picture, random)
}

/** The generator of one image in one epoch. It does not depend on the worker that gets the image, or on earlier images. */
export function imageRandom(epochSeed: number, index: number): Random {
  const word = rules.integer({ minimum: 0, maximum: 2 ** 32 - 1 })
  checkArguments('imageRandom()', { epochSeed: [epochSeed, word], index: [index, word] })
  return new Random((epochSeed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0)
}
