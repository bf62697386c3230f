/**
 * xoshiro128** 1.1 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", arXiv:1805.01407): 32-bit output, 128
 * bits of state, period 2^128 - 1. SplitMix32 fills the state from the seed and never gives four zeros.
 */
import { checkArgument, describeValue, OptionError, rules } from '@onebit/core'

/** The four 32-bit words of the generator, as plain numbers, so that JSON can store them. */
export type RandomState = readonly [number, number, number, number]

const rotateLeft = (word: number, count: number): number => (word << count) | (word >>> (32 - count))

const isWord = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 0xffffffff

/** The integers from 0 to `count` - 1. */
export const ascending = (count: number): Uint32Array<ArrayBuffer> => Uint32Array.from({ length: count }, (_, index) => index)

const limitRule = rules.integer({ minimum: 1, maximum: 2 ** 32 })
/** The number of values that one array can hold. */
const countRule = rules.integer({ minimum: 0, maximum: 2 ** 30 })

/** A seeded generator that gives the same numbers everywhere, and whose state can be saved and restored. */
export class Random {
  readonly #words = new Uint32Array(4)

  /** `seed` is an integer from 0 to 2^32 - 1; throws `OptionError` otherwise. */
  constructor(seed: number) {
    if (!isWord(seed)) {
      throw new OptionError({
        what: 'The seed cannot be used.',
        expected: 'an integer from 0 to 4294967295',
        received: describeValue(seed),
      })
    }
    for (let word = 0, sum = seed; word < 4; word++) {
      sum = (sum + 0x9e3779b9) | 0
      let mixed = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b)
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
      this.#words[word] = mixed ^ (mixed >>> 16)
    }
  }

  /**
   * The state of the generator. Setting it continues from that state. Throws `OptionError` unless it is four uint32, not all
   * zero.
   */
  get state(): RandomState {
    const [first, second, third, fourth] = this.#words
    return [first, second, third, fourth]
  }

  set state(words: RandomState) {
    checkArgument('Random', 'state', words, rules.list(rules.anything))
    if (words.length !== 4 || !words.every(isWord) || words.every((word) => word === 0)) {
      throw new OptionError({
        what: 'The state of the random generator cannot be restored.',
        expected: 'four integers from 0 to 4294967295, not all zero',
        received: describeValue(words),
        fix: 'Give a state that `random.state` returned.',
      })
    }
    this.#words.set(words)
  }

  /** The next integer from 0 to 2^32 - 1. */
  next(): number {
    const words = this.#words
    const result = Math.imul(rotateLeft(Math.imul(words[1], 5), 7), 9) >>> 0
    const shifted = words[1] << 9
    words[2] ^= words[0]
    words[3] ^= words[1]
    words[1] ^= words[2]
    words[0] ^= words[3]
    words[2] ^= shifted
    words[3] = rotateLeft(words[3], 11)
    return result
  }

  /** A float from 0 up to but not including 1, in steps of 2^-32. */
  uniform(): number {
    return this.next() / 0x100000000
  }

  /** An integer from 0 to `limit` - 1, each equally likely; `limit` is an integer from 1 to 2^32. */
  below(limit: number): number {
    checkArgument('below()', 'limit', limit, limitRule)
    const fair = 0x100000000 - (0x100000000 % limit)
    let value = this.next()
    while (value >= fair) value = this.next()
    return value % limit
  }

  /** The integers from 0 to `count` - 1, shuffled by Fisher and Yates: every order is equally likely. */
  permutation(count: number): Uint32Array<ArrayBuffer> {
    checkArgument('permutation()', 'count', count, countRule)
    const values = ascending(count)
    for (let last = count - 1; last > 0; last--) {
      const chosen = this.below(last + 1)
      const value = values[last]
      values[last] = values[chosen]
      values[chosen] = value
    }
    return values
  }
}
