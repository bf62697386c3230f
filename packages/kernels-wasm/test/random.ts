/** Seeded random numbers for tests. The seed comes from ONEBIT_SEED or the clock, and failures print it. */
import { elementCount, type GraphTensor, packSigns } from '@onebit/core'

export const SEED = Number(process.env.ONEBIT_SEED ?? Date.now() % 1e9)

/** Numbers that have gone wrong in kernels before, mixed into random floats now and then. */
const SPECIAL = [0, -0, 1e-42, -1e-42, 1e-30, 3e38, -3e38]

export class Random {
  #state: number
  readonly #special: number

  /** @param special How many of the floats are special: one in fifty. */
  constructor(seed: number, special = 0.02) {
    this.#state = seed >>> 0
    this.#special = special
  }

  /** Uniform in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  /** An integer from `minimum` to `maximum`, both included. */
  integer(minimum: number, maximum: number): number {
    return minimum + Math.floor(this.next() * (maximum - minimum + 1))
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.integer(0, values.length - 1)]
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  /** In [-2, 2), but for special ones. */
  floats(count: number): Float32Array {
    return Float32Array.from({ length: count }, () => (this.chance(this.#special) ? this.pick(SPECIAL) : this.next() * 4 - 2))
  }

  floatTensor(...shape: number[]): GraphTensor {
    return { dtype: 'float32', shape, data: this.floats(elementCount(shape)) }
  }

  bitTensor(...shape: number[]): GraphTensor {
    return { dtype: 'bit', shape, data: packSigns(Array.from({ length: elementCount(shape) }, () => this.next() - 0.5)) }
  }

  /** Sorted thresholds and first signs of a threshold node; unused places hold +Infinity. */
  thresholds(channels: number, steps: number, spread = 2): Record<'thresholds' | 'first', GraphTensor> {
    const data = new Float32Array(channels * steps)
    for (let channel = 0; channel < channels; channel++) {
      const used = this.integer(0, steps)
      const row = Float32Array.from({ length: steps }, (_, i) => (i < used ? (this.next() * 2 - 1) * spread : Infinity))
      data.set(row.sort(), channel * steps)
    }
    return { thresholds: { dtype: 'float32', shape: [channels, steps], data }, first: this.bitTensor(channels) }
  }
}
