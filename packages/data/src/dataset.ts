import type { ImageSet } from './image-set.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'

/** A labeled data set in memory. */
export interface Dataset<Scale extends Normalization | ChannelNormalization = Normalization> {
  name: string
  /** The name of each class; labels index it. */
  classes: string[]
  /** `[height, width, channels]` of one image. */
  input: [number, number, number]
  train: ImageSet
  test: ImageSet
  /** What both image sets use by default; of the full training images. */
  normalization: Scale
  /** Where the files came from. */
  source: 'embedded' | 'directory' | 'debian' | 'download'
  /** What subjects stand before, where that is alike in all images. */
  background?: 'dark' | 'light'
  /** Whom to name when you publish results or images. */
  attribution: string
}
