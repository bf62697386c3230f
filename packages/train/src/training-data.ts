/** What a network is trained on: images in memory, or streams of batches. */
import { OptionError } from '@onebit/core'
import { type BatchSource, batches, type ImageSet } from '@onebit/data'

export interface TrainingData {
  readonly name: string
  readonly classes: readonly string[]
  /** Images in memory, or a source of batches, such as `imageBatches`. The run's seed decides the order of either. */
  readonly train: ImageSet | BatchSource
  readonly test: ImageSet | BatchSource
  /** What subjects stand before, where that is alike in all images. */
  readonly background?: 'dark' | 'light'
}

/** Both parts as the trainer reads them. */
export interface DataSources {
  readonly train: BatchSource
  readonly test: BatchSource
}

/** Test images of a set in memory that are scored at once. */
const TEST_BATCH = 100

function isSource(images: ImageSet | BatchSource): images is BatchSource {
  return 'epoch' in images
}

/** A set in memory leaves out a last batch that is not full, unless it is the only one; a source does as it was told. */
export function sourcesOf({ train, test }: TrainingData, batchSize: number): DataSources {
  return {
    train: isSource(train) ? train : batches(train, { batchSize, dropLast: train.count >= batchSize }),
    test: testSource(test),
  }
}

export function testSource(images: ImageSet | BatchSource): BatchSource {
  return isSource(images) ? images : batches(images, { batchSize: TEST_BATCH, shuffle: false })
}

/**
 * The batch size of a run: of a stream its own, of a set in memory what the options say.
 * @throws OptionError if both say different things.
 */
export function batchSizeOf({ train }: TrainingData, given: number | undefined): number | undefined {
  if (!isSource(train)) return given
  if (given === undefined || given === train.batchSize) return train.batchSize
  throw new OptionError({
    what: 'The batch size of a run is that of the batches it is given.',
    expected: `${train.batchSize}, or no batch size`,
    received: `${given}`,
    fix: 'Make the batches of that size.',
  })
}
