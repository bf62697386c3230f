import { heightAndWidth, normalizationTable, type Picture, pictureOf, writeNormalized } from '@onebit/image'
import { type Augmentation, augmentImage, imageRandom } from './augment/augmentation.ts'
import type { ImageSet } from './image-set.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'

/**
 * The images at `indices`, augmented, then normalized. An image's changes depend on the epoch's seed and its index alone.
 * Throws `OptionError` if an image is too small to crop; `PictureError` unless images have 1, 3 or 4 channels.
 */
export function augmentedImages(
  set: ImageSet,
  indices: ArrayLike<number>,
  normalization: Normalization | ChannelNormalization,
  steps: readonly Augmentation[],
  epochSeed: number,
): Float32Array<ArrayBuffer> {
  const channels = set.shape[2]
  const values = normalizationTable(normalization, channels)
  const [height, width] = augmentedShape(set, steps)
  const size = height * width * channels
  const floats = new Float32Array(indices.length * size)
  for (let row = 0; row < indices.length; row++) {
    const image = augmentImage(imageOf(set, indices[row]), steps, imageRandom(epochSeed, indices[row]))
    writeNormalized(image.data, values, channels, floats, row * size)
  }
  return floats
}

/** `[height, width, channels]` of an image after the steps; every step that changes the size says which it makes. */
export function augmentedShape(
  set: ImageSet,
  steps: readonly Augmentation[],
): readonly [height: number, width: number, channels: number] {
  const last = steps.findLast((step) => 'size' in step)
  return last && 'size' in last ? [...heightAndWidth(last.size), set.shape[2]] : set.shape
}

function imageOf({ images, shape }: ImageSet, index: number): Picture {
  const [height, width, channels] = shape
  const size = height * width * channels
  return pictureOf(images.subarray(index * size, (index + 1) * size), width, height)
}
