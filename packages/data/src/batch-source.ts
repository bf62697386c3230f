/** Batches, wherever they come from: pictures as floats, with what people wrote down about them. They know nothing of tasks. */
import type { Placement } from '@onebit/core'
import type { Augmentation } from './augment/augmentation.ts'
import type { SourceFingerprint } from './fingerprint.ts'
import type { SkippedFile } from './images/skipped-file.ts'
import type { ChannelNormalization, Normalization } from './normalization.ts'
import type { Random } from './random.ts'

/** Some pictures of a set and their annotations. */
export interface Batch<Annotation = unknown> {
  /** `[count, height, width, channels]` in row-major order, normalized. */
  images: Float32Array<ArrayBuffer>
  /** `[count]`, as the set has them: in the pixels of the pictures before any augmentation. */
  annotations: readonly Annotation[]
  /** `[count]`, how each picture lies in `images`. Pictures that did not move share one object, whose map is `IDENTITY` itself. */
  placements: readonly Placement[]
  /** `[count]`, the numbers of the pictures in their set, where the source knows them: the same in every epoch. */
  pictures?: Uint32Array
  /** The batch size, or less in the last batch of an epoch. */
  count: number
  /** Its place in the epoch, from 0. A stream leaves out a batch whose files are all bad; the next keeps its place. */
  index: number
}

/** `for await (const batch of source.epoch())` takes batches in memory and those of a stream. */
export interface BatchSource<Annotation = unknown> {
  /** Batches in an epoch; a stream that skips bad files may give fewer. */
  readonly count: number
  /** Pictures in a full batch. */
  readonly batchSize: number
  /** `[height, width, channels]` of each picture. */
  readonly shape: readonly [height: number, width: number, channels: number]
  /** How pixels became floats. */
  readonly normalization: Normalization | ChannelNormalization
  /** The steps that made the pictures, in order. Default: none are known of. */
  readonly augment?: readonly Augmentation[]
  /** Draws the epochs. One depends only on the state at its beginning: save that to resume. */
  readonly random: Random
  /** One epoch, from batch `first` on (default 0). It is drawn at the call, whatever is consumed. */
  epoch(first?: number): IterableIterator<Batch<Annotation>> | AsyncIterableIterator<Batch<Annotation>>
  /** What decides the batches beside the random state. Default: nothing is known of it. */
  fingerprint?(): SourceFingerprint
  /** The bad files of the last epoch begun that were left out, in a stream that does so. */
  readonly skipped?: readonly SkippedFile[]
}
