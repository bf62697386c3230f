/** Frozen quantizers taken apart: into the two-level ones that they are the sum of, and those into a middle and a distance. */
import type { FrozenQuantizer } from '@onebit/core'

/** A quantizer as the two-level ones that it is the sum of. */
export function partsOf({ plus = [], ...first }: FrozenQuantizer): FrozenQuantizer[] {
  return [first, ...plus.flatMap(partsOf)]
}

/** The levels `middle - distance` and `middle + distance` that the bits -1 and +1 stand for, per channel or one for all. */
export interface TwoLevels {
  readonly middle: readonly number[]
  readonly distance: readonly number[]
}

/** The levels of a two-level quantizer. Symmetric levels have a middle of exactly 0. */
export function twoLevels({ low = [-1], high = [1] }: FrozenQuantizer): TwoLevels {
  const channels = Array.from({ length: Math.max(low.length, high.length) }, (_, channel) => channel)
  const at = (list: readonly number[], channel: number): number => list[list.length === 1 ? 0 : channel]
  return {
    middle: channels.map((channel) => (at(high, channel) + at(low, channel)) / 2),
    distance: channels.map((channel) => (at(high, channel) - at(low, channel)) / 2),
  }
}

/** Sums of lists that have one entry each, or `channels`; one entry if all have one. */
export function sumOfLists(lists: readonly (readonly number[])[]): number[] {
  const length = Math.max(1, ...lists.map((list) => list.length))
  return Array.from({ length }, (_, channel) => lists.reduce((sum, list) => sum + list[list.length === 1 ? 0 : channel], 0))
}
