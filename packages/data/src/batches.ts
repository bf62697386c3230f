import { checkOptions, rules, type ValueRules } from '@onebit/core'
import { type Augmentation, checkAugmentations } from './augment/augmentation.ts'
import { augmentedImages, augmentedShape } from './augmented-images.ts'
import { BatchOrder, type BatchOrderOptions, orderRules } from './batch-order.ts'
import { digestOfSet, type SourceFingerprint } from './fingerprint.ts'
import { floatImages, type ImageSet } from './image-set.ts'
import type { SkippedFile } from './images/skipped-file.ts'
import { type ChannelNormalization, type Normalization, normalizationRule } from './normalization.ts'
import type { Random } from './random.ts'

/** Some images of a set and their labels, ready for a model. */
export interface Batch {
  /** `[count, height, width, channels]` in row-major order, normalized. */
  images: Float32Array<ArrayBuffer>
  /** `[count]`, class indices. */
  labels: Int32Array<ArrayBuffer>
  /** The batch size, or less in the last batch of an epoch. */
  count: number
  /** Its place in the epoch, from 0. A stream leaves out a batch whose files are all bad; the next keeps its place. */
  index: number
}

export interface BatchOptions extends BatchOrderOptions {
  /** Default: the set's own. */
  normalization?: Normalization | ChannelNormalization
  /** Steps that change each image anew in each epoch. Default: none. */
  augment?: readonly Augmentation[]
}

/**
 * Batches, wherever they come from: `for await (const batch of source.epoch())` takes those in memory and those of a stream.
 */
export interface BatchSource {
  /** Batches in an epoch; a stream that skips bad files may give fewer. */
  readonly count: number
  /** Images in a full batch. */
  readonly batchSize: number
  /** `[height, width, channels]` of each image. */
  readonly shape: readonly [height: number, width: number, channels: number]
  /** How pixels became floats. */
  readonly normalization: Normalization | ChannelNormalization
  /** The steps that made the images, in order. Default: none are known of. */
  readonly augment?: readonly Augmentation[]
  /** Draws the epochs. One depends only on the state at its beginning: save that to resume. */
  readonly random: Random
  /** One epoch, from batch `first` on (default 0). It is drawn at the call, whatever is consumed. */
  epoch(first?: number): IterableIterator<Batch> | AsyncIterableIterator<Batch>
  /** What decides the batches beside the random state. Default: nothing is known of it. */
  fingerprint?(): SourceFingerprint
  /** The bad files of the last epoch begun that were left out, in a stream that does so. */
  readonly skipped?: readonly SkippedFile[]
}

/** An image set in batches; each iteration is one epoch. */
export interface Batches extends BatchSource, Iterable<Batch> {
  /** One epoch, from batch `first` on (default 0). The order is drawn at the call, whatever is consumed. */
  epoch(first?: number): IterableIterator<Batch>
}

const OPTIONS: ValueRules<keyof BatchOptions> = {
  ...orderRules,
  normalization: normalizationRule,
  augment: rules.list(rules.object({ type: rules.text })),
}

/**
 * The batches of a set, in the same order for the same seed on every machine.
 * To resume inside an epoch, restore the state that `random` had before it, then call `epoch(batchesDone)`.
 * Throws `OptionError` on a batch size, seed, first batch, normalization or augmentation that cannot be used.
 */
export function batches(set: ImageSet, given: BatchOptions): Batches {
  const options = checkOptions<BatchOptions | undefined>('batches()', given, OPTIONS, ['batchSize'])
  const { batchSize, normalization = set.normalization, augment = [] } = options
  const batchOrder = new BatchOrder(set.count, options)
  const { count, random } = batchOrder
  checkAugmentations(augment)
  const shape = augmentedShape(set, augment)

  function epoch(first = 0): IterableIterator<Batch> {
    const order = batchOrder.draw(first)
    return from(first, order, augment.length > 0 ? random.next() : 0)
  }

  function* from(first: number, order: Uint32Array, epochSeed: number): Generator<Batch> {
    for (let batch = first; batch < count; batch++) {
      const indices = batchOrder.indicesOf(batch, order)
      const labels = Int32Array.from(indices, (index) => set.labels[index])
      const images =
        augment.length > 0
          ? augmentedImages(set, indices, normalization, augment, epochSeed)
          : floatImages(set, indices, normalization)
      yield { images, labels, count: indices.length, index: batch }
    }
  }

  return {
    count,
    batchSize,
    shape,
    normalization,
    augment,
    random,
    epoch,
    fingerprint: () => ({ images: set.count, sha256: digestOfSet(set), normalization, augment, shape }),
    [Symbol.iterator]: () => epoch(),
  }
}
