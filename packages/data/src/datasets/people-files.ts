/** The base of data sets of people in photographs: their options, and the crops for training and for evaluation. */
import type { OptionRules } from '@onebit/core'
import type { Augmentation } from '../augment/augmentation.ts'
import { type ImageBatches, imageBatches, imageNetNormalization } from '../images/image-batches.ts'
import { describeSkipped } from '../images/skipped-file.ts'
import { type JointOrder, PEOPLE_FACTS } from '../people/joints.ts'
import type { PeopleFiles } from '../people/people-files.ts'
import type { CommonOptions } from './common-options.ts'
import type { LoadContext, LoadedDataset } from './dataset-plugin.ts'
import { imageRules, limited, splitFiles } from './image-files.ts'

const pixels = { min: 1, integer: true } as const

/** @param size Input size of the published networks. */
export const peopleRules = ([height, width]: readonly [number, number]) =>
  ({
    height: { default: height, ...pixels, description: "height of the network's input, in pixels" },
    width: { default: width, ...pixels, description: "width of the network's input, in pixels" },
    ...imageRules,
  }) as const satisfies OptionRules

export interface PeopleOptions extends CommonOptions {
  readonly height: number
  readonly width: number
  readonly badFiles: 'throw' | 'skip'
  readonly workers?: number
}

interface PeopleParts {
  readonly name: string
  readonly order: JointOrder
  readonly train: PeopleFiles
  readonly test: PeopleFiles
  /** The crop of people in training, except its size. */
  readonly crop: Omit<Extract<Augmentation, { type: 'person-crop' }>, 'type' | 'size' | 'upper'>
}

/** Joints above the hips. */
function upperJoints(order: JointOrder): number[] {
  const names = PEOPLE_FACTS[order].joints
  return names.flatMap((name, joint) => (/hip|knee|ankle|pelvis/.test(name) ? [] : [joint]))
}

/** Number of people per batch in evaluation. */
const TEST_BATCH = 32

export function fromPeopleFiles(parts: PeopleParts, options: PeopleOptions, context: LoadContext): LoadedDataset {
  const { name, order, crop } = parts
  const { height, width, batch, limit, badFiles, workers, normalization = imageNetNormalization } = options
  const { decodeWorker, augmentations, plugins } = context
  const { train, validation } = splitFiles(limited(parts.train, limit), options.validation ?? 0)
  const test = limited(parts.test, limit)
  const size = [height, width] as const
  const usual: Augmentation[] = [{ type: 'person-crop', size, upper: upperJoints(order), ...crop }, { type: 'horizontal-flip' }]
  const common = { size, normalization, badFiles, workers, worker: decodeWorker, augmentations, plugins }
  const evaluated = (people: PeopleFiles): ImageBatches =>
    imageBatches(people, { ...common, batchSize: TEST_BATCH, shuffle: false, augment: [{ type: 'person-crop', size }] })
  const dropLast = train.files.length >= batch
  return {
    name,
    task: 'pose',
    facts: PEOPLE_FACTS[order],
    input: [height, width, 3],
    source: 'directory',
    images: { train: train.files.length, validation: validation?.files.length ?? 0, test: test.files.length },
    train: imageBatches(train, { ...common, batchSize: batch, dropLast, augment: options.augment ?? usual }),
    validation: validation && evaluated(validation),
    test: evaluated(test),
    notes: describeSkipped([...parts.train.ignored, ...parts.test.ignored]),
  }
}
