/** Data sets that are held in memory: the first images of each part, normalized and augmented as a recipe says. */
import {
  type Augmentation,
  batches,
  type ChannelNormalization,
  type Dataset,
  type ImageSet,
  type Normalization,
} from '@onebit/data'
import type { CommonOptions, LoadedDataset } from './dataset.ts'

function shorten(set: ImageSet, limit: number, normalization: Normalization | ChannelNormalization): ImageSet {
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

/** @param usual The augmentation of a recipe that names none. */
export function inMemory(
  data: Dataset<Normalization | ChannelNormalization>,
  { batch, limit = Number.POSITIVE_INFINITY, normalization = data.normalization, augment }: CommonOptions,
  usual: readonly Augmentation[] = [],
): LoadedDataset {
  const { name, classes, input, source, background } = data
  const [train, test] = [data.train, data.test].map((set) => shorten(set, limit, normalization))
  const steps = augment ?? usual
  const dropLast = train.count >= batch
  return {
    name,
    classes,
    input,
    source,
    background,
    images: { train: train.count, test: test.count },
    train: steps.length === 0 ? train : batches(train, { batchSize: batch, dropLast, augment: steps }),
    test,
  }
}
