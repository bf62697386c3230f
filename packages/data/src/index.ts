import type { Plugin } from '@onebit/core'
import { augmentations } from './augment/augmentation-plugins.ts'
import { datasets } from './datasets/index.ts'

export {
  type Augmentation,
  type AugmentationNames,
  type Augmenter,
  augmenter,
  augmentPicture,
  imageRandom,
} from './augment/augmentation.ts'
export {
  type AugmentationDefinition,
  type AugmentationPlugin,
  type Augmented,
  defineAugmentation,
} from './augment/augmentation-plugin.ts'
export { type ColorChange, type ColorJitterOptions, changeColors, colorJitter } from './augment/color-jitter.ts'
export { type HorizontalFlipOptions, randomHorizontalFlip } from './augment/horizontal-flip.ts'
export { type LightingOptions, lighting } from './augment/lighting.ts'
export type { PersonCropOptions } from './augment/person-crop.ts'
export type { RandomAffineOptions } from './augment/random-affine.ts'
export { type RandomCropOptions, randomCrop } from './augment/random-crop.ts'
export { type RandomResizedCropOptions, randomResizedCrop } from './augment/random-resized-crop.ts'
export { type RandomRotationOptions, randomRotation, rotate } from './augment/random-rotation.ts'
export type { BatchOrderOptions } from './batch-order.ts'
export type { Batch, BatchSource } from './batch-source.ts'
export { type Batches, type BatchOptions, batches } from './batches.ts'
export { type Cifar100Options, type CifarOptions, cifar10, cifar100 } from './cifar/cifar.ts'
export { type CifarLabels, type CifarPart, type CifarReadOptions, readCifarBinary, readCifarPickle } from './cifar/read-cifar.ts'
export { DataError, type DataErrorReason, DownloadError } from './data-error.ts'
export type { Dataset, LabeledDataset } from './dataset.ts'
export { type CommonOptions, commonRules } from './datasets/common-options.ts'
export {
  type DatasetDefinition,
  type DatasetPlugin,
  type DatasetShape,
  defineDataset,
  type LoadContext,
  type LoadedDataset,
} from './datasets/dataset-plugin.ts'
export { holdOut, type Parts } from './datasets/hold-out.ts'
export { inMemory } from './datasets/in-memory.ts'
export { type FashionMnistOptions, fashionMnist } from './fashion-mnist.ts'
export type { SourceFingerprint } from './fingerprint.ts'
export { floatImages, type ImageSet, type LabeledSet, type NamedBytes, readImageSet } from './image-set.ts'
export { decodeImage, type Sharp } from './images/decode-image.ts'
export { type ImageBatches, type ImageBatchesOptions, imageBatches, imageNetNormalization } from './images/image-batches.ts'
export { type ImageFiles, imageFolder, type LabeledFiles } from './images/image-folder.ts'
export { type ImageNetOptions, imageNet } from './images/image-net.ts'
export { type ImageParts, imageParts } from './images/image-parts.ts'
export { describeSkipped, type SkippedFile } from './images/skipped-file.ts'
export { countByClass, splitImages } from './images/split-images.ts'
export type { LoadProgress, OnProgress } from './load-progress.ts'
export type { ChannelNormalization, Normalization } from './normalization.ts'
export type { PersonAnnotation } from './people/compose-person.ts'
export { type JointOrder, PEOPLE_FACTS, type PeopleFacts } from './people/joints.ts'
export type { PeopleFiles, PhotographedPerson } from './people/people-files.ts'
export { readCocoKeypoints } from './people/read-coco-keypoints.ts'
export { readMpii } from './people/read-mpii.ts'
export { Random, type RandomState } from './random.ts'
export { type Idx, readIdx } from './read-idx.ts'

export { augmentations, datasets }

/** The data sets and augmentations of this package, for `createRegistry`. */
const plugins: readonly Plugin[] = [...datasets, ...augmentations]
export default plugins
