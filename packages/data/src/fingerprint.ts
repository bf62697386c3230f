/**
 * What decides the batches of a source, apart from its random state, as JSON: a run that is resumed tells by it whether it has the data
 * that it began with.
 */
import { sha256 } from '@onebit/core'
import type { Augmentation } from './augment/augmentation.ts'
import type { ImageSet } from './image-set.ts'
import type { ImageFiles } from './images/image-folder.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'

export interface SourceFingerprint {
  /** How many images there are. */
  readonly images: number
  /** Of pixels and labels in memory; of image files, of their names and labels. */
  readonly sha256: string
  readonly normalization: Normalization | ChannelNormalization
  readonly augment: readonly Augmentation[]
  /** `[height, width, channels]` */
  readonly shape: readonly number[]
}

export function digestOfSet({ images, labels, count, shape }: ImageSet): string {
  const [height, width, channels] = shape
  return sha256(images.subarray(0, count * height * width * channels), labels.subarray(0, count))
}

/** The folders above the files do not count, so that a data set may be moved. */
export function digestOfFiles({ files, labels }: ImageFiles): string {
  const lines = files.map((file, index) => `${labels[index]} ${file.split(/[/\\]/).slice(-2).join('/')}\n`)
  return sha256(new TextEncoder().encode(lines.join('')))
}
