/** What data sets of image files share: how photographs become batches for training, and for evaluation. */
import { type Augmentation, type ImageFiles, imageBatches, imageNetNormalization } from '@onebit/data'
import type { LoadContext, LoadedDataset } from './dataset.ts'
import { centerOf, type ImageOptions } from './image-options.ts'

export interface ImageParts {
  readonly name: string
  readonly channels: 1 | 3
  readonly train: ImageFiles
  readonly test: ImageFiles
  /** What there is to say of how the parts were found. */
  readonly notes?: readonly string[]
}

/** At most `limit` files, spread evenly, since they are sorted by class. */
function limited(images: ImageFiles, limit = Number.POSITIVE_INFINITY): ImageFiles {
  const total = images.files.length
  if (total <= limit) return images
  const chosen = Array.from({ length: limit }, (_, index) => Math.floor((index * total) / limit))
  return {
    ...images,
    files: chosen.map((index) => images.files[index]),
    labels: Int32Array.from(chosen, (index) => images.labels[index]),
  }
}

/** Pictures in a batch at evaluation. */
const TEST_BATCH = 64

export function fromImageFiles(parts: ImageParts, options: ImageOptions, { decodeWorker }: LoadContext): LoadedDataset {
  const { name, channels } = parts
  const { size, batch, limit, badFiles, workers } = options
  const [train, test] = [limited(parts.train, limit), limited(parts.test, limit)]
  const usual: Augmentation[] = [{ type: 'random-resized-crop', size }, { type: 'horizontal-flip' }]
  const normalization = options.normalization ?? (channels === 3 ? imageNetNormalization : { mean: 0.5, standardDeviation: 0.5 })
  const common = { size, channels, normalization, badFiles, workers, worker: decodeWorker }
  const dropLast = train.files.length >= batch
  return {
    name,
    classes: train.classes,
    input: [size, size, channels],
    source: 'directory',
    images: { train: train.files.length, test: test.files.length },
    notes: parts.notes,
    train: imageBatches(train, { ...common, batchSize: batch, dropLast, augment: options.augment ?? usual }),
    test: imageBatches(test, { ...common, batchSize: TEST_BATCH, shuffle: false, augment: centerOf(size) }),
  }
}
