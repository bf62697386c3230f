/** Seeded randomness; the seed is part of the name of every case that draws, so that a failure can be repeated. */

export interface Random {
  /** In [0, 1). */
  next(): number
  /** From `low` to `high`, both included. */
  integer(low: number, high: number): number
  pick<Value>(values: readonly Value[]): Value
  /** Of a standard normal distribution. */
  normal(): number
}

/** `ONEBIT_SEED` where there is an environment and it sets one, else the clock. */
export function defaultSeed(): number {
  const environment = (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env
  return Number(environment?.ONEBIT_SEED ?? Date.now() % 2 ** 31)
}

/** A 32-bit counter through a mixing function, one generator per seed. */
export function seededRandom(seed: number): Random {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97)
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32
  }
  const integer = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1))
  return {
    next,
    integer,
    pick: (values) => values[integer(0, values.length - 1)],
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}
