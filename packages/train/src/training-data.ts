import type { ImageSet } from '@onebit/data'

/** What a network is trained on. */
export interface TrainingData {
  readonly name: string
  readonly classes: readonly string[]
  readonly train: ImageSet
  readonly test: ImageSet
}
