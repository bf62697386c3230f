/** What a network is trained on: annotated pictures in memory, or streams of batches. */
import { type AnyFacts, OptionError } from '@onebit/core'
import { type BatchSource, batches, type ImageSet } from '@onebit/data'

export interface TrainingData<Annotation = unknown> {
  readonly name: string
  /** What the task has to know of the data before it sees a picture: classes, joints. */
  readonly facts: AnyFacts
  /** Name of the task that the annotations are of. */
  readonly task?: string
  /** Pictures in memory, or a source of batches, such as `imageBatches`. The run's seed decides the order of either. */
  readonly train: ImageSet<Annotation> | BatchSource<Annotation>
  /** Pictures to choose by: epochs are measured on them. Without them, epochs are measured on the test pictures. */
  readonly validation?: ImageSet<Annotation> | BatchSource<Annotation>
  readonly test: ImageSet<Annotation> | BatchSource<Annotation>
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
}

/** The parts as the trainer reads them. */
export interface DataSources {
  readonly train: BatchSource
  readonly validation?: BatchSource
  readonly test: BatchSource
}

/** Pictures of a set in memory that are measured at once. */
const TEST_BATCH = 100

function isSource(images: ImageSet | BatchSource): images is BatchSource {
  return 'epoch' in images
}

/** A set in memory leaves out a last batch that is not full, unless it is the only one; a source does as it was told. */
export function sourcesOf({ train, validation, test }: TrainingData, batchSize: number): DataSources {
  return {
    train: isSource(train) ? train : batches(train, { batchSize, dropLast: train.count >= batchSize }),
    validation: validation && testSource(validation),
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
    option: 'batchSize',
    what: 'The batch size of a run is that of the batches it is given.',
    expected: `${train.batchSize}, or no batch size`,
    received: `${given}`,
    fix: 'Make the batches of that size.',
  })
}
