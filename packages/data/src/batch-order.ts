/** Assigns images to the batches of each epoch, in the same way for sets in memory and for files. */
import { rules, type ValueRules } from '@onebit/core'
import { ascending, Random } from './random.ts'
import { requireInteger } from './require-option.ts'

export interface BatchOrderOptions {
  /** Number of images in a batch, at least 1. */
  batchSize: number
  /** Draws a new order in each epoch. Default: true. */
  shuffle?: boolean
  /** Determines the orders and the random numbers of augmentations: an integer from 0 to 2^32 - 1. Default: 0. */
  seed?: number
  /** Drops an incomplete last batch. Default: false. */
  dropLast?: boolean
}

/** The rules of `BatchOrderOptions`, for functions with further options. */
export const orderRules: ValueRules<keyof BatchOrderOptions> = {
  batchSize: rules.integer({ minimum: 1 }),
  shuffle: rules.boolean,
  seed: rules.integer({ minimum: 0, maximum: 2 ** 32 - 1 }),
  dropLast: rules.boolean,
}

export class BatchOrder {
  /** Number of batches in an epoch. */
  readonly count: number
  readonly random: Random
  readonly #total: number
  readonly #batchSize: number
  readonly #shuffle: boolean

  /** Throws `OptionError` on a wrong batch size or seed. */
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
   * @param first Number of the first batch. Throws `OptionError` if there is no such batch.
   */
  draw(first: number): Uint32Array {
    requireInteger('first batch', first, 0, this.count)
    return this.#shuffle ? this.random.permutation(this.#total) : ascending(this.#total)
  }

  /** The images of a batch, in this order. */
  indicesOf(batch: number, order: Uint32Array): Uint32Array {
    return order.subarray(batch * this.#batchSize, (batch + 1) * this.#batchSize)
  }
}
