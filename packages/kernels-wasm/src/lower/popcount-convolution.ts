/** Binary convolution by popcount. */
import type { PaddingValue } from '@onebit/core'
import { type Buffer, offsetBy } from '../program/buffer.ts'
import { bitRowBytes, channelsOf } from '../program/value.ts'
import { type BitKernel, layOutPopcount, popcountGroupBytes, popcountRowBytes } from '../weights/bit-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type LoweringContext, outputBuffer } from './context.ts'
import { type CountingKernel, countBytesOf } from './counting-kernel.ts'

/** How the kernel's name begins. */
export const POPCOUNT = 'popcount'

/** Pairs of pixels whose counts are kept at a time. */
const PAIRS = 32
/** Fewer pixels are not worth a task. */
const LEAST_PIXELS = 8

/** How the kernels are told what a tap outside the input reads. */
const OUTSIDE: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': 2 }

/** What the popcount kernels are given of a layer. `row` has room for two rows of bits. */
function prepareRows(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel, row: Buffer) {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, groups, paddingValue } = layer
  const layout = ['popcount', kernel.outputs, kernel.taps, kernel.channels, groups]
  const weights = builder.laidOut(kernel.bits, layout, () => layOutPopcount(kernel, groups))
  return {
    input: inputs[0].buffer,
    groupWeights: (group: number) => offsetBy(weights, group * popcountGroupBytes(kernel, groups)),
    places: [builder.constant(geometry.rows), builder.constant(geometry.columns), row],
    sizes: [bitRowBytes(channelsOf(inputs[0])), inputWidth, outputWidth, ...window, kernel.channels],
    outputs: kernel.outputs / groups,
    outside: OUTSIDE[paddingValue],
  }
}

/** For layers whose sums fit the epilogue. */
export function popcountKernel(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): CountingKernel {
  return {
    name: POPCOUNT,
    groups: layer.groups,
    pairs: PAIRS,
    scratchBytes: () => 2 * popcountRowBytes(kernel),
    prepare(scratch) {
      const { input, groupWeights, places, sizes, outputs, outside } = prepareRows(context, layer, kernel, scratch)
      const countBytes = countBytesOf(outputs)
      return {
        count(group, { from, to, counts, bases, step }) {
          const numbers = [...sizes, group * kernel.channels, outputs, countBytes * step, 2 * step, outside, from, to]
          context.builder.call('popcountCounts', input, counts, bases, groupWeights(group), ...places, ...numbers)
        },
      }
    },
  }
}

/** Adds the steps of a layer whose sums need 32 bits. */
export function lowerLongSums(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): Lowered {
  const { builder } = context
  const row = builder.scratch(2 * popcountRowBytes(kernel))
  const { input, groupWeights, places, sizes, outputs, outside } = prepareRows(context, layer, kernel, row)
  const buffer = outputBuffer(context)
  builder.split(layer.pixels, 1, LEAST_PIXELS, (from, to) => {
    for (let group = 0; group < layer.groups; group++) {
      const output = offsetBy(buffer, 4 * (from * kernel.outputs + group * outputs))
      const numbers = [...sizes, group * kernel.channels, outputs, 4 * kernel.outputs, outside, from, to]
      builder.call('popcountSums', input, output, groupWeights(group), ...places, ...numbers)
    }
  })
  return { buffer, kernel: 'popcount in 32 bits' }
}
