/** Data sets as plugins: what a recipe's `dataset` names. */
import {
  type AnyFacts,
  type AnyOptions,
  checkDefinition,
  makePlugin,
  type OptionRules,
  type OptionsOf,
  type Plugin,
  type PluginDefinition,
} from '@onebit/core'
import type { AugmentationPlugin } from '../augment/augmentation-plugin.ts'
import type { BatchSource } from '../batch-source.ts'
import type { ImageSet } from '../image-set.ts'
import type { OnProgress } from '../load-progress.ts'
import { type CommonOptions, commonRules } from './common-options.ts'

/** What a network has to fit. */
export interface DatasetShape {
  /** `[height, width, channels]` of what a network gets. */
  readonly input: readonly [height: number, width: number, channels: number]
  /** What the task has to know: the names of classes, of joints. */
  readonly facts: AnyFacts
}

/** Circumstances of loading, none of which changes what is loaded. */
export interface LoadContext {
  readonly onProgress?: OnProgress
  /** Stops downloads. Whoever takes batches stops by taking no more. */
  readonly signal?: AbortSignal
  /** The file of the threads that decode images, if a bundler moved it. */
  readonly decodeWorker?: URL
  /** Augmentations of other packages, which the steps of `augment` may name. */
  readonly augmentations?: readonly AugmentationPlugin[]
  /** URLs of the modules that bring them, for the threads that decode. */
  readonly plugins?: readonly string[]
}

/** A data set that can be trained and evaluated on: `TrainingData` of `@onebit/train`, and where it came from. */
export interface LoadedDataset extends DatasetShape {
  readonly name: string
  /** The name of the task that its annotations are of. */
  readonly task: string
  /** Where it came from: `embedded`, `directory`, ... */
  readonly source: string
  /** How many pictures each part has. */
  readonly images: { readonly train: number; readonly validation: number; readonly test: number }
  readonly train: ImageSet | BatchSource
  /** What was held out of training, to choose by. */
  readonly validation?: ImageSet | BatchSource
  readonly test: ImageSet | BatchSource
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
  /** What whoever trains should know: which files were left out and why, what was held out. A sentence or two each. */
  readonly notes?: readonly string[]
}

/** `Rules` are of the data set's own options; those that all data sets share come with them. */
export interface DatasetDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /** The name of the task that its annotations are of. */
  readonly task: string
  /** What its pictures are called once they are loaded, where that is always the same: the `dataset` of model files. */
  readonly title?: string
  /**
   * Options that decide which test pictures there are. A model file may set them for an evaluation, and no others: where pictures are and
   * whether they may be downloaded is for people to say. Default: none.
   */
  readonly ofTest?: readonly string[]
  /** Without reading pictures. @throws FileError or DataError if its classes are on disk and cannot be read. */
  shape(options: OptionsOf<Rules> & CommonOptions): DatasetShape | Promise<DatasetShape>
  /** @throws DataError, DownloadError or FileError if it cannot be had; OptionError on options that do not go together. */
  load(options: OptionsOf<Rules> & CommonOptions, context: LoadContext): Promise<LoadedDataset>
}

/** A data set by its name. */
export interface DatasetPlugin extends Plugin {
  readonly kind: 'dataset'
  readonly task: string
  readonly title?: string
  readonly ofTest?: readonly string[]
  shape(options: AnyOptions): DatasetShape | Promise<DatasetShape>
  load(options: AnyOptions, context: LoadContext): Promise<LoadedDataset>
}

declare module '@onebit/core' {
  interface PluginKinds {
    dataset: DatasetPlugin
  }
}

/**
 * Makes a plugin of a data set's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineDataset<const Rules extends OptionRules = Record<never, never>>(
  definition: DatasetDefinition<Rules>,
): DatasetPlugin {
  checkDefinition('dataset', definition, ['shape', 'load'])
  const options = { ...definition.options, ...commonRules }
  return makePlugin<DatasetPlugin>('dataset', { ...definition, options } as PluginDefinition)
}
