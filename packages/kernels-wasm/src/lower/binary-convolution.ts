/** Binary convolutions and dense layers. */
import type { AnyNode, PaddingValue } from '@onebit/core'
import { bitRowBytes, channelsOf, rowsOf } from '../program/value.ts'
import { type BitKernel, bitKernel, layOutPopcount, popcountRowBytes } from '../weights/bit-kernel.ts'
import { tableObstacle } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type Lowering, type LoweringContext, outputBuffer, requireTensor } from './context.ts'
import { convolutionGeometry, denseGeometry, transposedGeometry } from './geometry.ts'
import { lowerTable } from './table-convolution.ts'

/** How the kernels are told what a tap outside the input reads. */
const OUTSIDE: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': 2 }

function lowerPopcount(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): Lowered {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, pixels, groups, paddingValue } = layer
  const buffer = outputBuffer(context)
  builder.call(
    'popcountConv',
    ...[inputs[0].buffer, buffer, builder.constant(layOutPopcount(kernel, groups))],
    ...[builder.constant(geometry.rows), builder.constant(geometry.columns)],
    builder.allocate(2 * popcountRowBytes(kernel) + 16),
    ...[bitRowBytes(channelsOf(inputs[0])), inputWidth, outputWidth, ...window],
    ...[kernel.channels, groups, kernel.outputs / groups, OUTSIDE[paddingValue], 0, pixels],
  )
  return { buffer, kernel: 'popcount' }
}

function lowerBinary(node: AnyNode, context: LoweringContext, layer: BinaryLayer): Lowered {
  const kernel = bitKernel(node.name, requireTensor(node, context, 'weights'))
  const reason = tableObstacle(kernel, layer.groups)
  return reason ? { ...lowerPopcount(context, layer, kernel), reason } : lowerTable(context, layer, kernel)
}

export const binaryConv2d: Lowering<'binaryConv2d'> = (node, context) => {
  const input = context.inputs[0].shape
  const output = context.type.shape
  const [, height, width] = requireTensor(node, context, 'weights').shape
  return lowerBinary(node, context, {
    geometry: convolutionGeometry(input, output, [height, width], node.attributes),
    window: [height, width],
    inputWidth: input[1],
    outputWidth: output[1],
    pixels: output[0] * output[1],
    groups: node.attributes.groups,
    paddingValue: node.attributes.paddingValue,
    convolution: node.attributes,
  })
}

export const binaryConv2dTranspose: Lowering<'binaryConv2dTranspose'> = (node, context) => {
  const input = context.inputs[0].shape
  const output = context.type.shape
  const [, height, width] = requireTensor(node, context, 'weights').shape
  return lowerBinary(node, context, {
    geometry: transposedGeometry(input, output, [height, width], node.attributes),
    window: [height, width],
    inputWidth: input[1],
    outputWidth: output[1],
    pixels: output[0] * output[1],
    groups: 1,
    paddingValue: 'zero',
  })
}

export const binaryDense: Lowering<'binaryDense'> = (node, context) => {
  const pixels = rowsOf(context.type)
  return lowerBinary(node, context, {
    geometry: denseGeometry(pixels),
    window: [1, 1],
    inputWidth: pixels,
    outputWidth: pixels,
    pixels,
    groups: 1,
    paddingValue: 'zero',
  })
}
