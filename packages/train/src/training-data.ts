/** The data of a run: annotated pictures in memory, or streams of batches. */
import { type AnyFacts, OptionError } from '@onebit/core'
import { type AugmentationPlugin, type BatchSource, batches, type ImageSet } from '@onebit/data'
import type { Plan, ResolvedStage } from './plan.ts'

export interface TrainingData<Annotation = unknown> {
  readonly name: string
  /** Facts about the data that the task needs before the first picture, such as classes or joints. */
  readonly facts: AnyFacts
  /** Name of the annotations' task. */
  readonly task?: string
  /** Pictures in memory, or a source of batches, such as `imageBatches`. The run's seed determines the order of both. */
  readonly train: ImageSet<Annotation> | BatchSource<Annotation>
  /** Pictures that epochs are measured on. Without them, epochs are measured on the test pictures. */
  readonly validation?: ImageSet<Annotation> | BatchSource<Annotation>
  readonly test: ImageSet<Annotation> | BatchSource<Annotation>
  /** Background of the pictures, if all of them share one. */
  readonly background?: 'dark' | 'light'
}

/** The parts of the data, in the form that the trainer reads. */
export interface DataSources {
  readonly train: BatchSource
  /** The training data of each stage. Default: `train`. */
  readonly stages: readonly BatchSource[]
  readonly validation?: BatchSource
  readonly test: BatchSource
}

/** Number of pictures per batch when a set in memory is evaluated. */
const TEST_BATCH = 100

function isSource(images: ImageSet | BatchSource): images is BatchSource {
  return 'epoch' in images
}

/** A set in memory drops an incomplete last batch, unless it is the only one. */
const wholeBatches = ({ count }: ImageSet, batchSize: number) => ({ batchSize, dropLast: count >= batchSize })

/** @throws OptionError if options contradict a source that has its own batches. */
function stageSource(
  { name, data, batchSize, augment }: ResolvedStage,
  run: { readonly train: TrainingData['train']; readonly batchSize: number; readonly augmentations: AugmentationPlugin[] },
): BatchSource | undefined {
  if (data === undefined && batchSize === undefined && augment === undefined) return undefined
  const images = data ?? run.train
  if (!isSource(images)) {
    return batches(images, { ...wholeBatches(images, batchSize ?? run.batchSize), augment, augmentations: run.augmentations })
  }
  const option = augment ? 'augment' : batchSize !== undefined && batchSize !== images.batchSize ? 'batchSize' : undefined
  if (option === undefined) return images
  throw new OptionError({
    option,
    what: `Stage '${name}' trains on a source that has its own batches, so '${option}' cannot be set.`,
    expected: 'images in memory',
    received: `batches of ${images.batchSize}`,
    fix: `Make the batches with that option, and pass them as the stage's 'data'.`,
  })
}

/**
 * @param augmentations Augmentations of other packages that stages may name.
 * @throws OptionError if the data of a stage contradicts its options.
 */
export function sourcesOf(
  { train, validation, test }: TrainingData,
  { batchSize, stages }: Plan,
  augmentations: AugmentationPlugin[],
): DataSources {
  const source = isSource(train) ? train : batches(train, wholeBatches(train, batchSize))
  return {
    train: source,
    stages: stages.map((stage) => stageSource(stage, { train, batchSize, augmentations }) ?? source),
    validation: validation && testSource(validation),
    test: testSource(test),
  }
}

export function testSource(images: ImageSet | BatchSource): BatchSource {
  return isSource(images) ? images : batches(images, { batchSize: TEST_BATCH, shuffle: false })
}

/**
 * The batch size of a run: a stream's own, or the option's for a set in memory.
 * @throws OptionError if the two disagree.
 */
export function batchSizeOf({ train }: TrainingData, given: number | undefined): number | undefined {
  if (!isSource(train)) return given
  if (given === undefined || given === train.batchSize) return train.batchSize
  throw new OptionError({
    option: 'batchSize',
    what: 'The batches already have a size, and the option asks for another one.',
    expected: `${train.batchSize}, or no batch size`,
    received: `${given}`,
    fix: 'Make the batches of that size.',
  })
}
