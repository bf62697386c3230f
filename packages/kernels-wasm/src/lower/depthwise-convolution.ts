/** Depthwise binary convolution. */
import { bitRowBytes } from '../program/value.ts'
import { type BitKernel, layOutDepthwise } from '../weights/bit-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import type { LoweringContext } from './context.ts'
import { type CountingKernel, countBytesOf } from './counting-kernel.ts'
import { outsideRow } from './panel.ts'

/** Pairs of pixels whose counts are kept at a time. */
const PAIRS = 32
/** Taps that the kernel's bytes can count. */
const MOST_TAPS = 255

export function isDepthwise({ outputs, taps, channels }: BitKernel, groups: number): boolean {
  return groups > 1 && channels === 1 && outputs === groups && taps <= MOST_TAPS
}

/** All groups are counted at once, as if there were one. */
export function depthwiseKernel(
  { builder, inputs }: LoweringContext,
  { geometry, window, inputWidth, outputWidth, paddingValue }: BinaryLayer,
  kernel: BitKernel,
): CountingKernel {
  const { outputs } = kernel
  return {
    name: 'depthwise',
    groups: 1,
    pairs: PAIRS,
    scratchBytes: () => 8 * kernel.taps,
    prepare(pointers) {
      const [weights, rows, columns] = [layOutDepthwise(kernel), geometry.rows, geometry.columns].map((data) =>
        builder.constant(data),
      )
      const row = outsideRow(paddingValue, outputs)
      const outside = row ? builder.constant(row) : 0
      return {
        count(_group, { from, to, counts, bases }) {
          const sizes = [bitRowBytes(outputs), inputWidth, outputWidth, ...window, outputs, countBytesOf(outputs), from, to]
          builder.call('depthwiseCounts', inputs[0].buffer, counts, bases, weights, rows, columns, pointers, outside, ...sizes)
        },
      }
    },
  }
}
