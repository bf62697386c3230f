/** Data sets by the names that recipes and `--data` take. */
import { nearestNames } from '@onebit/core'
import { UsageError } from '../errors.ts'
import { cifar10, cifar100 } from './cifar.ts'
import type { CommonOptions, DataShape, DatasetEntry, LoadContext, LoadedDataset } from './dataset.ts'
import { fashionMnist } from './fashion-mnist.ts'
import { imageFolderData } from './image-folder.ts'
import { imageNetData } from './image-net.ts'

const DATASETS: Readonly<Record<string, DatasetEntry>> = {
  'fashion-mnist': fashionMnist,
  'cifar-10': cifar10,
  'cifar-100': cifar100,
  'image-folder': imageFolderData,
  imagenet: imageNetData,
}

export const DATASET_NAMES = Object.keys(DATASETS)

/** The part of a checked recipe that chooses the data: a name, and what that data set's schema takes. */
export interface DatasetChoice extends CommonOptions {
  readonly name: string
  readonly [option: string]: unknown
}

/** @throws UsageError with the nearest name. */
export function datasetNamed(name: string): DatasetEntry {
  if (Object.hasOwn(DATASETS, name)) return DATASETS[name]
  const [nearest] = nearestNames(name, DATASET_NAMES)
  throw new UsageError({
    what: `There is no data set '${name}'.${nearest ? ` Did you mean '${nearest}'?` : ''}`,
    fix: `Known: ${DATASET_NAMES.join(', ')}.`,
  })
}

/** What a network has to fit, without loading images. @throws as the data set's `shape` does. */
export async function dataShape({ name, ...options }: DatasetChoice): Promise<DataShape> {
  return datasetNamed(name).shape(options)
}

/** @throws UsageError on an unknown name; as the data set's `load` does. */
export async function loadDataset({ name, ...options }: DatasetChoice, context: LoadContext = {}): Promise<LoadedDataset> {
  return datasetNamed(name).load(options, context)
}
