/** Which image comes in which batch of which epoch: the same for sets in memory and for files. */
import { rules, type ValueRules } from '@onebit/core'
import { ascending, Random } from './random.ts'
import { requireInteger } from './require-option.ts'

export interface BatchOrderOptions {
  /** Images in a batch: an integer of at least 1. */
  batchSize: number
  /** A new order in each epoch. Default: true. */
  shuffle?: boolean
  /** Decides the orders, and what augmentations draw: an integer from 0 to 2^32 - 1. Default: 0. */
  seed?: number
  /** Leaves out a last batch that is not full. Default: false. */
  dropLast?: boolean
}

/** Those of `BatchOrderOptions`, for functions that take more. */
export const orderRules: ValueRules<keyof BatchOrderOptions> = {
  batchSize: rules.integer({ minimum: 1 }),
  shuffle: rules.boolean,
  seed: rules.integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
  dropLast: rules.boolean,
}

export class BatchOrder {
  /** Batches in an epoch. */
  readonly count: number
  readonly random: Random
  readonly #total: number
  readonly #batchSize: number
  readonly #shuffle: boolean

  /** Throws `OptionError` on a batch size or seed that cannot be used. */
  constructor(total: number, { batchSize, shuffle = true, seed = 0, dropLast = false }: BatchOrderOptions) {
    requireInteger('batch size', batchSize, 1)
    this.count = dropLast ? Math.floor(total / batchSize) : Math.ceil(total / batchSize)
    this.random = new Random(seed)
    this.#total = total
    this.#batchSize = batchSize
    this.#shuffle = shuffle
  }

  /**
   * Draws the order of an epoch: the indices of its images.
   * @param first The batch that it begins with. Throws `OptionError` if there is none of that number.
   */
  draw(first: number): Uint32Array {
    requireInteger('first batch', first, 0, this.count)
    return this.#shuffle ? this.random.permutation(this.#total) : ascending(this.#total)
  }

  /** The images of a batch in that order. */
  indicesOf(batch: number, order: Uint32Array): Uint32Array {
    return order.subarray(batch * this.#batchSize, (batch + 1) * this.#batchSize)
  }
}
