/** Splits a frozen quantizer into two-level quantizers that sum to it, and each of those into a middle and a distance. */
import type { FrozenQuantizer } from '@onebit/core'

/** The two-level quantizers that sum to a quantizer. */
export function partsOf({ plus = [], ...first }: FrozenQuantizer): FrozenQuantizer[] {
  return [first, ...plus.flatMap(partsOf)]
}

/** The levels `middle - distance` and `middle + distance`, which the bits -1 and +1 represent, per channel or one for all. */
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

/** Sums of lists that have one entry or `channels` entries each. The sum has one entry if all lists do. */
export function sumOfLists(lists: readonly (readonly number[])[]): number[] {
  const length = Math.max(1, ...lists.map((list) => list.length))
  return Array.from({ length }, (_, channel) => lists.reduce((sum, list) => sum + list[list.length === 1 ? 0 : channel], 0))
}
