/** Seeded random numbers. Failures tell the seed, so that they can be repeated. */
import { checkArguments, elementCount, type GraphTensor, packSigns, rules } from '@onebit/core'
import { seedRule } from './random-rules.ts'
import { floatTensor } from './tensors.ts'

/** `ONEBIT_SEED` if the environment sets it, otherwise the clock. */
export function defaultSeed(): number {
  const environment = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env
  return Number(environment?.ONEBIT_SEED ?? Date.now() % 2 ** 31)
}

/** The seed of this run. Put it in the messages of tests that may fail. */
export const SEED = defaultSeed()

/** Numbers that have revealed errors in kernels. */
const SPECIAL = [0, -0, 1e-42, -1e-42, 1e-30, 3e38, -3e38]
/** A share of special numbers with which most sums are ordinary. */
export const SOME_SPECIAL = 0.02

/** A 32-bit counter through a mixing function. */
export class Random {
  #state: number
  readonly #special: number

  /** @param special Share of zeros, subnormal and huge numbers among the floats. Default 0. */
  constructor(seed: number, special = 0) {
    checkArguments('Random', { seed: [seed, seedRule], special: [special, rules.number({ minimum: 0, maximum: 1 })] })
    this.#state = seed | 0
    this.#special = special
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.integer(0, values.length - 1)]
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** A number from a standard normal distribution. */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next())
  }

  /** Numbers from `low` to below `high`, except for special ones. */
  floats(count: number, low = -2, high = 2): Float32Array {
    const draw = (): number => (this.chance(this.#special) ? this.pick(SPECIAL) : low + this.next() * (high - low))
    return Float32Array.from({ length: count }, draw)
  }

  floatTensor(...shape: readonly number[]): GraphTensor {
    return floatTensor(shape, this.floats(elementCount(shape)))
  }

  bitTensor(...shape: readonly number[]): GraphTensor {
    const signs = Array.from({ length: elementCount(shape) }, () => this.next() - 0.5)
    return { dtype: 'bit', shape, data: packSigns(signs) }
  }

  /** Sorted thresholds and first signs of a threshold node. Unused places hold +Infinity. */
  thresholds(channels: number, steps: number, spread = 2): Record<'thresholds' | 'first', GraphTensor> {
    const data = new Float32Array(channels * steps)
    for (let channel = 0; channel < channels; channel++) {
      const used = this.integer(0, steps)
      const row = Float32Array.from({ length: steps }, (_, i) => (i < used ? (this.next() * 2 - 1) * spread : Infinity))
      data.set(row.sort(), channel * steps)
    }
    return { thresholds: floatTensor([channels, steps], data), first: this.bitTensor(channels) }
  }
}
