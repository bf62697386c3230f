/** Seeded randomness for tests. */

import { packSigns } from '../src/graph/bits.ts'
import type { GraphTensor } from '../src/graph/graph.ts'
import { elementCount } from '../src/graph/graph.ts'

/** The seed of this run, from `ONEBIT_SEED` or the clock; put it in the message of what may fail. */
export const SEED = Number(process.env.ONEBIT_SEED ?? Date.now() % 2 ** 31)

export interface Random {
  /** In [0, 1). */
  next(): number
  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number
  pick<Value>(values: readonly Value[]): Value
  floats(count: number, low?: number, high?: number): Float32Array
}

/** mulberry32 */
export function seeded(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), 1 | state)
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    integer,
    pick: (values) => values[integer(0, values.length - 1)],
    floats: (count, low = -1, high = 1) => Float32Array.from({ length: count }, () => low + next() * (high - low)),
  }
}

export function floatTensor(shape: readonly number[], data: ArrayLike<number>): GraphTensor {
  return { dtype: 'float32', shape, data: Float32Array.from(data) }
}

export function bitTensor(shape: readonly number[], signs: ArrayLike<number>): GraphTensor {
  return { dtype: 'bit', shape, data: packSigns(signs) }
}

export function randomFloats(random: Random, shape: readonly number[], low = -1, high = 1): GraphTensor {
  return floatTensor(shape, random.floats(elementCount(shape), low, high))
}

export function randomBits(random: Random, shape: readonly number[]): GraphTensor {
  return bitTensor(shape, random.floats(elementCount(shape)))
}

/** The tensors of a threshold node that takes the plain sign. */
export function plainSign(): { thresholds: GraphTensor; first: GraphTensor } {
  return { thresholds: floatTensor([1, 1], [0]), first: bitTensor([1], [-1]) }
}
