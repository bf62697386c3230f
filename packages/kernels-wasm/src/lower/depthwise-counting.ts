/** Depthwise binary convolution. */
import type { BitWeights } from '@onebit/core/compile'
import { bitRowBytes } from '../program/value.ts'
import { layOutDepthwise } from '../weights/popcount-weights.ts'
import { type CountingMethod, countBytesOf } from './counting-method.ts'
import type { LayerGeometry } from './layer-geometry.ts'
import type { LoweringScope } from './lowering.ts'
import { outsideRow } from './panel.ts'

/** Counts of this many pairs of pixels are kept at a time. */
const PAIRS = 32
/** Taps that the kernel's bytes can count. */
const MOST_TAPS = 255

/** True if a layer has one input channel and one output per group, and no more taps than the kernel can count. */
export function countsDepthwise({ outputs, taps, channels }: BitWeights, groups: number): boolean {
  return groups > 1 && channels === 1 && outputs === groups && taps <= MOST_TAPS
}

/** Counts all groups at once, as if there were one. */
export function depthwiseCounting(
  { builder, inputs }: LoweringScope,
  { geometry, window, inputWidth, outputWidth, paddingValue }: LayerGeometry,
  weights: BitWeights,
): CountingMethod {
  const { outputs } = weights
  return {
    name: 'depthwise',
    isChosen: false,
    groups: 1,
    pairs: PAIRS,
    scratchBytes: () => 8 * weights.taps,
    prepare(pointers) {
      const [laidOut, rows, columns] = [layOutDepthwise(weights), geometry.rows, geometry.columns].map((data) =>
        builder.constant(data),
      )
      const row = outsideRow(paddingValue, outputs)
      const outside = row ? builder.constant(row) : 0
      return {
        count(_group, { from, to, counts, bases }) {
          const sizes = [bitRowBytes(outputs), inputWidth, outputWidth, ...window, outputs, countBytesOf(outputs), from, to]
          builder.call('depthwiseCounts', inputs[0].buffer, counts, bases, laidOut, rows, columns, pointers, outside, ...sizes)
        },
      }
    },
  }
}
