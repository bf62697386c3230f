/** Pictures for tests. Random ones depend on a seed, ONEBIT_SEED or the clock, which failures print. */
import type { Channels, Picture } from '../src/picture.ts'

export const SEED = Number(process.env.ONEBIT_SEED ?? Date.now() % 1e9)

/** Mulberry32: uniform numbers from 0 to below 1. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** Integers from 0 to below `end`. */
export function integers(seed: number): (end: number) => number {
  const next = uniform(seed)
  return (end) => Math.floor(next() * end)
}

export const picture = (height: number, width: number, channels: Channels, values: ArrayLike<number>): Picture => ({
  data: Uint8Array.from(values),
  width,
  height,
  channels,
})

export function noise(height: number, width: number, channels: Channels, seed = 1): Picture {
  const next = integers(seed)
  return picture(
    height,
    width,
    channels,
    Array.from({ length: height * width * channels }, () => next(256)),
  )
}

/** One number for many bytes, to compare with the result of an earlier version. */
export const digest = (data: Uint8Array): number => data.reduce((hash, value) => (Math.imul(hash, 31) + value) >>> 0, 0)
