/**
 * Counting conventions: what papers make of the raw counts. Each is one function of a node's counts, so that another convention is
 * one more entry.
 */
import type { NodeCost } from './node-cost.ts'

/** Operations under some convention. */
export interface Operations {
  /** 1-bit operations: XNOR and popcount of one pair of bits. */
  readonly bops: number
  /** Operations on real numbers. */
  readonly flops: number
  /** `flops + bops / 64`: a 64-bit machine does 64 one-bit operations in the time of one. */
  readonly ops: number
}

export interface Convention {
  readonly name: string
  /** What is counted, in a sentence. */
  readonly description: string
  count(cost: NodeCost): { readonly bops: number; readonly flops: number }
}

/**
 * The default. A BOP is a multiply-accumulate of two bits. A FLOP is any other multiply-accumulate, 1-bit weights on real inputs
 * among them, or a real multiplication on its own: affines, PReLUs, gates, means. Additions and comparisons are free.
 */
export const STANDARD_CONVENTION: Convention = {
  name: 'standard',
  description: 'BOPs: multiply-accumulates of two bits. FLOPs: all other multiply-accumulates, and real multiplications.',
  count: ({ macs, multiplications }) => ({ bops: macs.binary, flops: macs.mixed + macs.real + multiplications }),
}

/** One-bit operations that count as one operation. */
export const BITS_PER_OPERATION = 64

export function operations(convention: Convention, costs: readonly NodeCost[]): Operations {
  let bops = 0
  let flops = 0
  for (const cost of costs) {
    const counted = convention.count(cost)
    bops += counted.bops
    flops += counted.flops
  }
  return { bops, flops, ops: flops + bops / BITS_PER_OPERATION }
}
