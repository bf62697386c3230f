import type { Affine } from '@onebit/core'
import { normalizationTable, type Picture, pictureOf, writeNormalized } from '@onebit/image'
import { type Augmenter, imageRandom } from './augment/augmentation.ts'
import type { ImageSet } from './image-set.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'

export interface AugmentedImagesOptions {
  readonly normalization: Normalization | ChannelNormalization
  readonly steps: Augmenter
  /** `[height, width, channels]` of a picture after the steps. */
  readonly shape: readonly [height: number, width: number, channels: number]
  readonly epochSeed: number
}

/**
 * The pictures at `indices`, augmented and then normalized, with the map of each picture's pixels. The changes of a picture only
 * depend on the epoch's seed and the picture's index.
 * @throws OptionError if a picture is too small to crop; PictureError unless pictures have 1, 3 or 4 channels.
 */
export function augmentedImages(
  set: ImageSet,
  indices: ArrayLike<number>,
  { normalization, steps, shape, epochSeed }: AugmentedImagesOptions,
): { images: Float32Array<ArrayBuffer>; affines: Affine[] } {
  const [height, width, channels] = shape
  const values = normalizationTable(normalization, channels)
  const size = height * width * channels
  const images = new Float32Array(indices.length * size)
  const affines = Array.from(indices, (index, row) => {
    const { picture, affine } = steps.apply(imageOf(set, index), imageRandom(epochSeed, index), set.annotations[index])
    writeNormalized(picture.data, values, channels, images, row * size)
    return affine
  })
  return { images, affines }
}

function imageOf({ images, shape }: ImageSet, index: number): Picture {
  const [height, width, channels] = shape
  const size = height * width * channels
  return pictureOf(images.subarray(index * size, (index + 1) * size), width, height)
}
