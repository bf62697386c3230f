/** What every data set of the command has in common: the part of a recipe that chooses it, and what comes of loading it. */
import type { Augmentation, ChannelNormalization, Normalization, OnProgress } from '@onebit/data'
import type { TrainingData } from '@onebit/train'
import { z } from 'zod'
import { augmentationSchema } from './augmentation-schema.ts'

/** As numbers, or as lists with one for each channel. */
const normalizationSchema: z.ZodType<Normalization | ChannelNormalization> = z.union(
  [
    z.strictObject({ mean: z.number(), standardDeviation: z.number().positive() }),
    z.strictObject({ mean: z.array(z.number()).min(1), standardDeviation: z.array(z.number().positive()).min(1) }),
  ],
  { error: 'expected { "mean": ..., "standardDeviation": ... }: numbers, or a list of one for each channel; deviations above 0' },
)

/** Keys that every data set takes. */
export const commonKeys = {
  /** Images in a training step. */
  batch: z.int().min(1).default(64),
  /** Only so many images of each part, for a quick try. */
  limit: z.int().min(1).optional(),
  /** Instead of the data set's own. */
  normalization: normalizationSchema.optional(),
  /** Steps that change each training image anew in each epoch, instead of the data set's own. */
  augment: z.array(augmentationSchema).optional(),
}

export interface CommonOptions {
  readonly batch: number
  readonly limit?: number
  readonly normalization?: Normalization | ChannelNormalization
  readonly augment?: readonly Augmentation[]
}

/** `[height, width, channels]` and the number of classes: what a network has to fit. */
export interface DataShape {
  readonly input: readonly [height: number, width: number, channels: number]
  readonly classes: number
}

/** Circumstances of loading, none of which changes what is loaded. */
export interface LoadContext {
  readonly onProgress?: OnProgress
  /** Stops downloads. Whoever takes batches stops by taking no more. */
  readonly signal?: AbortSignal
  /** The file of the threads that decode images, if a bundler moved it. */
  readonly decodeWorker?: URL
}

/** A data set that can be trained and evaluated on. */
export interface LoadedDataset extends TrainingData {
  readonly input: DataShape['input']
  /** Where it came from: `embedded`, `directory`, ... */
  readonly source: string
  /** How many images each part has. */
  readonly images: { readonly train: number; readonly test: number }
  /** What whoever trains should know: what was left out and why, what was held out. A sentence or two each. */
  readonly notes?: readonly string[]
}

/** A data set by name. `Options` is what its schema gives. */
export interface DatasetEntry<Options extends CommonOptions = CommonOptions> {
  readonly schema: z.ZodObject
  /** What its images are called once they are loaded, where that is always the same: the `dataset` of model files. */
  readonly title?: string
  /** Without reading images. @throws FileError or DataError if its classes are on disk and cannot be read. */
  shape(options: Options): DataShape | Promise<DataShape>
  /** @throws DataError, DownloadError or FileError if it cannot be had; OptionError on options that do not go together. */
  load(options: Options, context: LoadContext): Promise<LoadedDataset>
}
