/** Data sets by the names that recipes and `--data` take. */
import { nearestNames } from '@onebit/core'
import type { Dataset, ImageSet, Normalization, OnProgress } from '@onebit/data'
import { UsageError } from './errors.ts'

export const SPLITS = ['embedded', 'full', 'auto'] as const
export type Split = (typeof SPLITS)[number]

export interface DatasetOptions {
  readonly split?: Split
  /** Use only the first images of the training set, and as many of the test set. */
  readonly limit?: number
  /** Instead of the data set's own. */
  readonly normalization?: Normalization
  readonly onProgress?: OnProgress
  readonly signal?: AbortSignal
}

interface DatasetEntry {
  /** The name that runs record. */
  readonly title: string
  /** `[height, width, channels]` */
  readonly input: readonly [number, number, number]
  readonly classes: number
  /** Whether subjects are light on dark or dark on light. */
  readonly background: 'dark' | 'light'
  load(options: DatasetOptions): Promise<Dataset>
}

const DATASETS: Readonly<Record<string, DatasetEntry>> = {
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    input: [28, 28, 1],
    classes: 10,
    background: 'dark',
    load: async ({ split, onProgress, signal }) => (await import('@onebit/data')).fashionMnist({ split, onProgress, signal }),
  },
}

/**
 * What is known of a data set without loading it.
 * @throws UsageError with the nearest name.
 */
export function datasetEntry(name: string): DatasetEntry {
  if (Object.hasOwn(DATASETS, name)) return DATASETS[name]
  const known = Object.keys(DATASETS)
  const [nearest] = nearestNames(name, known)
  throw new UsageError({
    what: `There is no data set '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${known.join(', ')}.`,
  })
}

/** The entry whose title a run records. */
export function datasetTitled(title: string): DatasetEntry | undefined {
  return Object.values(DATASETS).find((entry) => entry.title === title)
}

function shorten(set: ImageSet, limit: number, normalization: Normalization): ImageSet {
  const count = Math.min(set.count, limit)
  const [height, width, channels] = set.shape
  return {
    ...set,
    count,
    normalization,
    images: set.images.subarray(0, count * height * width * channels),
    labels: set.labels.subarray(0, count),
  }
}

/**
 * @throws UsageError on an unknown name; DataError, DownloadError or FileError if it cannot be had.
 */
export async function loadDataset(name: string, options: DatasetOptions = {}): Promise<Dataset> {
  const data = await datasetEntry(name).load(options)
  const { limit = Number.POSITIVE_INFINITY, normalization = data.normalization } = options
  const part = (set: ImageSet): ImageSet => shorten(set, limit, normalization)
  return { ...data, normalization, train: part(data.train), test: part(data.test) }
}
