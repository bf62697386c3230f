/** Binary convolution by popcount. */
import type { PaddingValue } from '@onebit/core'
import type { BitWeights } from '@onebit/core/compile'
import { type Buffer, offsetBy } from '../program/buffer.ts'
import { bitRowBytes, channelsOf } from '../program/value.ts'
import { layOutPopcount, popcountGroupBytes, popcountRowBytes } from '../weights/popcount-weights.ts'
import { type CountingMethod, countBytesOf } from './counting-method.ts'
import type { LayerGeometry } from './layer-geometry.ts'
import { type Lowered, type LoweringScope, outputBuffer } from './lowering.ts'

/** Counts of this many pairs of pixels are kept at a time. */
const PAIRS = 32
/** Fewer pixels are not worth a task. */
const LEAST_PIXELS = 8

/** The kernels' numbers for the value that a tap outside the input reads. */
const OUTSIDE: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': 2 }

/** Arguments of the popcount kernels for a layer. `row` has room for two rows of bits. */
function prepareRows(context: LoweringScope, layer: LayerGeometry, weights: BitWeights, row: Buffer) {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, groups, paddingValue } = layer
  const layout = ['popcount', weights.outputs, weights.taps, weights.channels, groups]
  const laidOut = builder.laidOut(weights.bits, layout, () => layOutPopcount(weights, groups))
  return {
    input: inputs[0].buffer,
    groupWeights: (group: number) => offsetBy(laidOut, group * popcountGroupBytes(weights, groups)),
    places: [builder.constant(geometry.rows), builder.constant(geometry.columns), row],
    sizes: [bitRowBytes(channelsOf(inputs[0])), inputWidth, outputWidth, ...window, weights.channels],
    outputs: weights.outputs / groups,
    outside: OUTSIDE[paddingValue],
  }
}

/** For layers with sums that fit the epilogue. */
export function popcountCounting(context: LoweringScope, layer: LayerGeometry, weights: BitWeights): CountingMethod {
  return {
    name: 'popcount',
    isChosen: true,
    groups: layer.groups,
    pairs: PAIRS,
    scratchBytes: () => 2 * popcountRowBytes(weights),
    prepare(scratch) {
      const { input, groupWeights, places, sizes, outputs, outside } = prepareRows(context, layer, weights, scratch)
      const countBytes = countBytesOf(outputs)
      return {
        count(group, { from, to, counts, bases, step }) {
          const numbers = [...sizes, group * weights.channels, outputs, countBytes * step, 2 * step, outside, from, to]
          context.builder.call('popcountCounts', input, counts, bases, groupWeights(group), ...places, ...numbers)
        },
      }
    },
  }
}

/** Adds the steps of a layer with sums that need 32 bits. */
export function lowerLongSums(context: LoweringScope, layer: LayerGeometry, weights: BitWeights): Lowered {
  const { builder } = context
  const row = builder.scratch(2 * popcountRowBytes(weights))
  const { input, groupWeights, places, sizes, outputs, outside } = prepareRows(context, layer, weights, row)
  const buffer = outputBuffer(context)
  builder.split(layer.pixels, 1, LEAST_PIXELS, (from, to) => {
    for (let group = 0; group < layer.groups; group++) {
      const output = offsetBy(buffer, 4 * (from * weights.outputs + group * outputs))
      const numbers = [...sizes, group * weights.channels, outputs, 4 * weights.outputs, outside, from, to]
      builder.call('popcountSums', input, output, groupWeights(group), ...places, ...numbers)
    }
  })
  return { buffer, kernel: 'popcount in 32 bits' }
}
