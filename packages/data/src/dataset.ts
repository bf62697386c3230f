import type { AnyFacts } from '@onebit/core'
import type { ImageSet, LabeledSet } from './image-set.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'

/** An annotated data set in memory. */
export interface Dataset<
  Scale extends Normalization | ChannelNormalization = Normalization,
  Facts = AnyFacts,
  Annotation = unknown,
> {
  name: string
  /** Facts about the data that a task needs before the first picture, such as classes or joints. */
  facts: Facts
  /** `[height, width, channels]` of one picture. */
  input: [number, number, number]
  train: ImageSet<Annotation>
  /** Pictures for validation, separate from those for training and test. */
  validation?: ImageSet<Annotation>
  test: ImageSet<Annotation>
  /** The default normalization of the image sets, from the full training set. */
  normalization: Scale
  /** The origin of the files. */
  source: 'embedded' | 'directory' | 'debian' | 'download'
  /** Background of the pictures, if all of them share one. */
  background?: 'dark' | 'light'
  /** The authors to name when you publish results or pictures. */
  attribution: string
}

/** A data set of pictures in classes: annotations index `facts.classes`. */
export interface LabeledDataset<Scale extends Normalization | ChannelNormalization = Normalization>
  extends Dataset<Scale, { readonly classes: readonly string[] }, number> {
  train: LabeledSet
  test: LabeledSet
}
