import { OptionError } from '@onebit/core'
import { floatImages, type ImageSet, type Normalization } from './image-set.ts'
import { Random } from './random.ts'

/** Some images of a set and their labels, ready for a model. */
export interface Batch {
  /** `[count, height, width, channels]` in row-major order, normalized. */
  images: Float32Array<ArrayBuffer>
  /** `[count]`, class indices. */
  labels: Int32Array<ArrayBuffer>
  /** The batch size, or less in the last batch of an epoch. */
  count: number
}

export interface BatchOptions {
  /** Images in a batch: an integer of at least 1. */
  batchSize: number
  /** A new order in each epoch. Default: true. */
  shuffle?: boolean
  /** Decides the orders: an integer from 0 to 2^32 - 1. Default: 0. */
  seed?: number
  /** Leaves out a last batch that is not full. Default: false. */
  dropLast?: boolean
  /** Default: the set's own. */
  normalization?: Normalization
}

/** An image set in batches; each iteration is one epoch. */
export interface Batches extends Iterable<Batch> {
  /** Batches in an epoch. */
  readonly count: number
  /** Draws the orders. An epoch's order depends only on the state at the epoch's beginning: save that to resume. */
  readonly random: Random
  /** One epoch, from batch `first` on (default 0). The order is drawn at the call, whatever is consumed. */
  epoch(first?: number): IterableIterator<Batch>
}

/**
 * The batches of a set, in the same order for the same seed on every machine.
 * To resume inside an epoch, restore the state that `random` had before it, then call `epoch(batchesDone)`.
 * Throws `OptionError` on a batch size, seed or first batch that cannot be used.
 */
export function batches(set: ImageSet, options: BatchOptions): Batches {
  const { batchSize, shuffle = true, seed = 0, dropLast = false, normalization = set.normalization } = options
  requireInteger('batch size', batchSize, 1)
  const count = dropLast ? Math.floor(set.count / batchSize) : Math.ceil(set.count / batchSize)
  const random = new Random(seed)

  function epoch(first = 0): IterableIterator<Batch> {
    requireInteger('first batch', first, 0, count)
    const order = Uint32Array.from({ length: set.count }, (_, index) => index)
    if (shuffle) random.shuffle(order)
    return from(first, order)
  }

  function* from(first: number, order: Uint32Array): Generator<Batch> {
    for (let batch = first; batch < count; batch++) {
      const indices = order.subarray(batch * batchSize, (batch + 1) * batchSize)
      const labels = Int32Array.from(indices, (index) => set.labels[index])
      yield { images: floatImages(set, indices, normalization), labels, count: indices.length }
    }
  }

  return { count, random, epoch, [Symbol.iterator]: () => epoch() }
}

function requireInteger(name: string, value: number, minimum: number, maximum = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw new OptionError({ what: `The ${name} cannot be used.`, expected: `an integer ${range}`, received: `${value}` })
}
