/** Augmentations as plugins: they change training pictures and move annotations with them. */
import type { Affine, AnyOptions, OptionRules, OptionsOf, Plugin, PluginDefinition } from '@onebit/core'
import { makePlugin } from '@onebit/core'
import type { Picture, Size } from '@onebit/image'
import type { Random } from '../random.ts'

/** A changed picture. */
export interface Augmented {
  readonly picture: Picture
  /** Maps pixels of the given picture to pixels of this one. Absent if nothing moved. */
  readonly affine?: Affine
}

export interface AugmentationDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /**
   * Returns a changed copy. The random draws depend on `random` alone.
   * @param annotation The picture's annotation if `readsAnnotation` is true, in the pixels of the data set's picture.
   */
  apply(picture: Picture, options: OptionsOf<Rules>, random: Random, annotation?: unknown): Augmented
  /** True if the result depends on the annotation, as in a crop around a person. Then it has to be the first step. */
  readonly readsAnnotation?: boolean
  /** The size of all results. Absent if pictures keep their size. */
  size?(options: OptionsOf<Rules>): Size
  /** @throws OptionError on options that contradict each other. */
  check?(options: OptionsOf<Rules>): void
}

/** A step of augmentation by its name, which is the `type` in `{ "type": "random-crop", "size": 32 }`. */
export interface AugmentationPlugin extends Plugin {
  readonly kind: 'augmentation'
  readonly readsAnnotation?: boolean
  apply(picture: Picture, options: AnyOptions, random: Random, annotation?: unknown): Augmented
  size?(options: AnyOptions): Size
  check?(options: AnyOptions): void
}

declare module '@onebit/core' {
  interface PluginKinds {
    augmentation: AugmentationPlugin
  }
}

/**
 * Makes a plugin from an augmentation's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineAugmentation<const Rules extends OptionRules = Record<never, never>>(
  definition: AugmentationDefinition<Rules>,
): AugmentationPlugin {
  return makePlugin<AugmentationPlugin>('augmentation', definition as PluginDefinition, ['apply'])
}
