/** Random draws, named as the drawing code uses them. */
import type { Random } from '../random.ts'

export class Draws {
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  /** A uniform number from `low` up to `high`. */
  within(low: number, high: number): number {
    return low + (high - low) * this.#random.uniform()
  }

  /** A number around 0, within about three times `deviation`: the sum of three uniform numbers, nearly normal. */
  around(deviation: number): number {
    return 2 * deviation * (this.#random.uniform() + this.#random.uniform() + this.#random.uniform() - 1.5)
  }

  chance(probability: number): boolean {
    return this.#random.uniform() < probability
  }

  sign(): 1 | -1 {
    return this.#random.below(2) === 0 ? 1 : -1
  }

  /** 32 random bits. */
  bits(): number {
    return this.#random.next()
  }

  below(limit: number): number {
    return this.#random.below(limit)
  }

  one<T>(values: readonly T[]): T {
    return values[this.#random.below(values.length)]
  }
}
