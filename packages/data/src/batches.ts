import { type Affine, checkArgument, checkOptions, IDENTITY, type Placement, rules, type ValueRules } from '@onebit/core'
import { inverse } from '@onebit/image'
import * as argument from './argument-rules.ts'
import { type Augmentation, augmenter } from './augment/augmentation.ts'
import type { AugmentationPlugin } from './augment/augmentation-plugin.ts'
import { augmentedImages } from './augmented-images.ts'
import { BatchOrder, type BatchOrderOptions, orderRules } from './batch-order.ts'
import type { Batch, BatchSource } from './batch-source.ts'
import { digestOfSet } from './fingerprint.ts'
import { floatImages, type ImageSet } from './image-set.ts'
import { type ChannelNormalization, type Normalization, normalizationRule } from './normalization.ts'

export interface BatchOptions extends BatchOrderOptions {
  /** Default: the normalization of the set. */
  normalization?: Normalization | ChannelNormalization
  /** Augmentation steps, applied to each picture in each epoch. Default: none. */
  augment?: readonly Augmentation[]
  /** Augmentations of other packages that `augment` may name. Default: none. */
  augmentations?: readonly AugmentationPlugin[]
}

/** An image set in batches. Each iteration is one epoch. */
export interface Batches<Annotation = unknown> extends BatchSource<Annotation>, Iterable<Batch<Annotation>> {
  /** One epoch, starting at batch `first` (default 0). The order is drawn at the call, even if no batch is taken. */
  epoch(first?: number): IterableIterator<Batch<Annotation>>
}

const OPTIONS: ValueRules<keyof BatchOptions> = {
  ...orderRules,
  normalization: normalizationRule,
  augment: rules.list(rules.object({ type: rules.text })),
  augmentations: rules.list(rules.object({ name: rules.text })),
}

/**
 * The batches of a set. One seed gives the same order on every machine. To resume inside an epoch, restore the state that
 * `random` had before the epoch, then call `epoch(batchesDone)`.
 * @throws OptionError on a wrong batch size, seed, first batch, normalization or augmentation.
 */
export function batches<Annotation>(set: ImageSet<Annotation>, given: BatchOptions): Batches<Annotation> {
  checkArgument('batches()', 'set', set, argument.imageSet)
  const options = checkOptions<BatchOptions | undefined>('batches()', given, OPTIONS, ['batchSize'])
  const { batchSize, normalization = set.normalization, augment = [], augmentations } = options
  const batchOrder = new BatchOrder(set.count, options)
  const { count, random } = batchOrder
  const steps = augmenter(augment, augmentations)
  const [rows, columns, channels] = set.shape
  const shape = [...(steps.size ?? ([rows, columns] as const)), channels] as const
  const placementOf = placements([rows, columns], [shape[0], shape[1]])

  function epoch(first = 0): IterableIterator<Batch<Annotation>> {
    const order = batchOrder.draw(first)
    return from(first, order, augment.length > 0 ? random.next() : 0)
  }

  function* from(first: number, order: Uint32Array, epochSeed: number): Generator<Batch<Annotation>> {
    for (let index = first; index < count; index++) {
      const indices = batchOrder.indicesOf(index, order)
      const annotations = Array.from(indices, (image) => set.annotations[image])
      const common = { annotations, pictures: indices, count: indices.length, index }
      if (augment.length === 0) {
        yield {
          images: floatImages(set, indices, normalization),
          placements: Array.from(indices, () => placementOf()),
          ...common,
        }
        continue
      }
      const { images, affines } = augmentedImages(set, indices, { normalization, steps, shape, epochSeed })
      yield { images, placements: affines.map(placementOf), ...common }
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

/**
 * Makes placements from maps between pixels of a picture and pixels of the input. Placements that move nothing share one object.
 */
export function placements(picture: Placement['picture'], input: Placement['input']): (affine?: Affine) => Placement {
  const still: Placement = { toPicture: IDENTITY, picture, input }
  return (affine = IDENTITY) => (affine === IDENTITY ? still : { toPicture: inverse(affine), picture, input })
}
