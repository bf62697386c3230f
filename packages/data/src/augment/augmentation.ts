import { type Affine, createRegistry, IDENTITY } from '@onebit/core'
import { type CenterCropOptions, heightAndWidth, inOrder, type Picture, type ResizeOptions } from '@onebit/image'
import { Random } from '../random.ts'
import type { AugmentationPlugin } from './augmentation-plugin.ts'
import { augmentations } from './augmentation-plugins.ts'
import type { ColorJitterOptions } from './color-jitter.ts'
import type { HorizontalFlipOptions } from './horizontal-flip.ts'
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
  rotation: RandomRotationOptions
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
  /**
   * Applies all steps in order. `affine` maps pixels of the given picture to pixels of the result. The given picture is not
   * changed, and is returned itself if there are no steps. The result only depends on `random`.
   * @throws OptionError if a picture is too small to crop.
   */
  apply(picture: Picture, random: Random): { readonly picture: Picture; readonly affine: Affine }
}

/**
 * @param strangers Augmentations of other packages that steps may name. Those of this package may be in the list too.
 * @throws PluginNotFoundError with the nearest name on an unknown step; OptionError on wrong options.
 */
export function augmenter(steps: readonly Augmentation[], strangers: readonly AugmentationPlugin[] = []): Augmenter {
  const registry = createRegistry([...new Set([...augmentations, ...strangers])])
  const ready = steps.map(({ type, ...options }) => {
    const configured = registry.resolve('augmentation', { ...options, name: type })
    configured.plugin.check?.(configured.options)
    return configured
  })
  const last = ready.findLast(({ plugin }) => plugin.size)
  return {
    steps,
    size: last && heightAndWidth(last.plugin.size!(last.options)),
    apply: (picture, random) =>
      ready.reduce(
        (before, { plugin, options }) => {
          const after = plugin.apply(before.picture, options, random)
          return { picture: after.picture, affine: after.affine ? inOrder(before.affine, after.affine) : before.affine }
        },
        { picture, affine: IDENTITY },
      ),
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
  return new Random((epochSeed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0)
}
