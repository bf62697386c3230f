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
  /** What a task has to know of it before it sees a picture: the classes, the joints. */
  facts: Facts
  /** `[height, width, channels]` of one picture. */
  input: [number, number, number]
  train: ImageSet<Annotation>
  /** Pictures apart from those that are trained on and those of the test, to choose by. */
  validation?: ImageSet<Annotation>
  test: ImageSet<Annotation>
  /** What the image sets use by default; of the full training pictures. */
  normalization: Scale
  /** Where the files came from. */
  source: 'embedded' | 'directory' | 'debian' | 'download'
  /** Background of the pictures, if all of them share one. */
  background?: 'dark' | 'light'
  /** Whom to name when you publish results or pictures. */
  attribution: string
}

/** A data set of pictures that belong to classes: annotations index `facts.classes`. */
export interface LabeledDataset<Scale extends Normalization | ChannelNormalization = Normalization>
  extends Dataset<Scale, { readonly classes: readonly string[] }, number> {
  train: LabeledSet
  test: LabeledSet
}
