/** Batches from any source: pictures as floats, with their annotations. They do not depend on a task. */
import type { Placement } from '@onebit/core'
import type { Augmentation } from './augment/augmentation.ts'
import type { SourceFingerprint } from './fingerprint.ts'
import type { SkippedFile } from './images/skipped-file.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'
import type { Random } from './random.ts'

/** Some pictures of a set, with their annotations. */
export interface Batch<Annotation = unknown> {
  /** `[count, height, width, channels]` in row-major order, normalized. */
  images: Float32Array<ArrayBuffer>
  /** `[count]`: the annotations of the set, in the pixels of the pictures before any augmentation. */
  annotations: readonly Annotation[]
  /**
   * `[count]`: the placement of each picture in `images`. Pictures that did not move share one object, whose map is `IDENTITY`
   * itself.
   */
  placements: readonly Placement[]
  /** `[count]`, the numbers of the pictures in their set, if the source knows them: the same in every epoch. */
  pictures?: Uint32Array
  /** The batch size, or less in the last batch of an epoch. */
  count: number
  /**
   * Number of the batch in the epoch, from 0. If all files of a batch are damaged, a stream leaves it out, and the next batch
   * keeps its number.
   */
  index: number
}

/** `for await (const batch of source.epoch())` works for batches in memory and for streams. */
export interface BatchSource<Annotation = unknown> {
  /** Number of batches in an epoch. A stream that skips damaged files may give fewer. */
  readonly count: number
  /** Number of pictures in a full batch. */
  readonly batchSize: number
  /** `[height, width, channels]` of each picture. */
  readonly shape: readonly [height: number, width: number, channels: number]
  /** The conversion from pixels to floats. */
  readonly normalization: Normalization | ChannelNormalization
  /** The steps that prepared the pictures, in order. Default: unknown. */
  readonly augment?: readonly Augmentation[]
  /** The generator of the epochs. An epoch only depends on the generator's state at its beginning. Save that state to resume. */
  readonly random: Random
  /** One epoch, starting at batch `first` (default 0). The order is drawn at the call, even if no batch is taken. */
  epoch(first?: number): IterableIterator<Batch<Annotation>> | AsyncIterableIterator<Batch<Annotation>>
  /** Everything that determines the batches, apart from the random state. Default: unknown. */
  fingerprint?(): SourceFingerprint
  /** The damaged files that the last epoch left out, if the stream does that. */
  readonly skipped?: readonly SkippedFile[]
}
