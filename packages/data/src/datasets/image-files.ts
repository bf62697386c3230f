/** The base of data sets of image files: their options, and the preparation of photographs for training and evaluation. */
import type { AnyFacts, OptionRules } from '@onebit/core'
import type { Augmentation } from '../augment/augmentation.ts'
import { type ImageBatches, imageBatches, imageNetNormalization } from '../images/image-batches.ts'
import type { ImageFiles } from '../images/image-folder.ts'
import type { CommonOptions } from './common-options.ts'
import type { LoadContext, LoadedDataset } from './dataset-plugin.ts'
import { holdOut } from './hold-out.ts'

export const sizeRule = {
  default: 224,
  min: 1,
  integer: true,
  description: "height and width of the network's input, in pixels",
} as const

export const imageRules = {
  badFiles: {
    default: 'throw',
    values: ['throw', 'skip'],
    description: 'on a file that cannot be decoded, end the run, or skip and count the file',
  },
  workers: { type: 'number', min: 1, integer: true, optional: true, description: 'number of decoding threads' },
} as const satisfies OptionRules

export interface ImageOptions extends CommonOptions {
  /** Height and width of the network's input, in pixels. */
  readonly size: number
  readonly badFiles: 'throw' | 'skip'
  /** Number of decoding threads. Default: the number of processors, from 1 to 4. */
  readonly workers?: number
}

export interface ImageParts {
  readonly name: string
  /** The name of the annotations' task. */
  readonly task: string
  readonly facts: AnyFacts
  readonly channels: 1 | 3
  readonly train: ImageFiles
  readonly test: ImageFiles
  /** Notes on how the parts were found. */
  readonly notes?: readonly string[]
}

function chosen<Annotation>(images: ImageFiles<Annotation>, indices: readonly number[]): ImageFiles<Annotation> {
  return {
    ...images,
    files: indices.map((index) => images.files[index]),
    annotations: indices.map((index) => images.annotations[index]),
  }
}

/** At most `limit` files, spread evenly, because they are sorted by class. */
export function limited<Annotation>(images: ImageFiles<Annotation>, limit = Number.POSITIVE_INFINITY): ImageFiles<Annotation> {
  const total = images.files.length
  if (total <= limit) return images
  return chosen(
    images,
    Array.from({ length: limit }, (_, index) => Math.floor((index * total) / limit)),
  )
}

/** Divides files into training and validation, like `holdOut`. */
export function splitFiles<Annotation>(
  images: ImageFiles<Annotation>,
  validation: number,
): { train: ImageFiles<Annotation>; validation?: ImageFiles<Annotation> } {
  if (validation === 0) return { train: images }
  const parts = holdOut(images.annotations, validation)
  return { train: chosen(images, parts.train), validation: chosen(images, parts.validation) }
}

/** The usual evaluation: scale the shorter side to 8/7 of the size, then crop the center. */
function centerOf(size: number): Augmentation[] {
  return [{ type: 'center-crop', size, shorterSide: Math.round((size * 8) / 7) }]
}

/** Number of pictures per batch in evaluation. */
const TEST_BATCH = 64

export function fromImageFiles(parts: ImageParts, options: ImageOptions, context: LoadContext): LoadedDataset {
  const { name, task, facts, channels } = parts
  const { size, batch, limit, badFiles, workers } = options
  const { decodeWorker, augmentations, plugins } = context
  const { train, validation } = splitFiles(limited(parts.train, limit), options.validation ?? 0)
  const test = limited(parts.test, limit)
  const usual: Augmentation[] = [{ type: 'random-resized-crop', size }, { type: 'horizontal-flip' }]
  const normalization = options.normalization ?? (channels === 3 ? imageNetNormalization : { mean: 0.5, standardDeviation: 0.5 })
  const common = { size, channels, normalization, badFiles, workers, worker: decodeWorker, augmentations, plugins }
  const evaluated = (images: ImageFiles): ImageBatches =>
    imageBatches(images, { ...common, batchSize: TEST_BATCH, shuffle: false, augment: centerOf(size) })
  const dropLast = train.files.length >= batch
  return {
    name,
    task,
    facts,
    input: [size, size, channels],
    source: 'directory',
    images: { train: train.files.length, validation: validation?.files.length ?? 0, test: test.files.length },
    train: imageBatches(train, { ...common, batchSize: batch, dropLast, augment: options.augment ?? usual }),
    validation: validation && evaluated(validation),
    test: evaluated(test),
    notes: parts.notes,
  }
}
