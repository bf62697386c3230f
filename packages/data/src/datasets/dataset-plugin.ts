/** Data sets as plugins, which a recipe names in `dataset`. */
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

/** The facts that a network has to fit. */
export interface DatasetShape {
  /** `[height, width, channels]` of the network's input. */
  readonly input: readonly [height: number, width: number, channels: number]
  /** Facts that the task needs, such as the names of classes or joints. */
  readonly facts: AnyFacts
}

/** Circumstances of loading. They do not change the data. */
export interface LoadContext {
  readonly onProgress?: OnProgress
  /** Stops downloads. To stop batches, stop taking them. */
  readonly signal?: AbortSignal
  /** URL of the script of the decoding threads, if a bundler moved it. */
  readonly decodeWorker?: URL
  /** Augmentations of other packages that the steps of `augment` may name. */
  readonly augmentations?: readonly AugmentationPlugin[]
  /** URLs of the modules that bring them, for the decoding threads. */
  readonly plugins?: readonly string[]
}

/** A data set for training and evaluation: `TrainingData` of `@onebit/train`, and its origin. */
export interface LoadedDataset extends DatasetShape {
  readonly name: string
  /** The name of the annotations' task. */
  readonly task: string
  /** Its origin: `embedded`, `directory`, ... */
  readonly source: string
  /** Number of pictures in each part. */
  readonly images: { readonly train: number; readonly validation: number; readonly test: number }
  readonly train: ImageSet | BatchSource
  /** Pictures held out of training, for validation. */
  readonly validation?: ImageSet | BatchSource
  readonly test: ImageSet | BatchSource
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
  /** Notes for the user, in a sentence or two each: files that were left out and the reason, pictures that were held out. */
  readonly notes?: readonly string[]
}

/** `Rules` describe the data set's own options. The options that all data sets share are added. */
export interface DatasetDefinition<Rules extends OptionRules = OptionRules> extends PluginDefinition<Rules> {
  /** The name of the annotations' task. */
  readonly task: string
  /** The name of the loaded data, if it is always the same. Model files store it as `dataset`. */
  readonly title?: string
  /**
   * Options that determine the test pictures. A model file may set only these for an evaluation. Users decide about locations and
   * downloads. Default: none.
   */
  readonly ofTest?: readonly string[]
  /** Must not read pictures. @throws FileError or DataError if the classes are on disk and cannot be read. */
  shape(options: OptionsOf<Rules> & CommonOptions): DatasetShape | Promise<DatasetShape>
  /**
   * @throws DataError, DownloadError or FileError if the data cannot be loaded; OptionError on options that contradict each
   *   other.
   */
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
 * Makes a plugin from a data set's definition.
 * @throws InvalidPluginError if the name is not kebab-case.
 */
export function defineDataset<const Rules extends OptionRules = Record<never, never>>(
  definition: DatasetDefinition<Rules>,
): DatasetPlugin {
  checkDefinition('dataset', definition, ['shape', 'load'])
  const options = { ...definition.options, ...commonRules }
  return makePlugin<DatasetPlugin>('dataset', { ...definition, options } as PluginDefinition)
}
