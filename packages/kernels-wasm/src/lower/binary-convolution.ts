/** Binary convolutions and dense layers. */
import type { PaddingValue } from '@onebit/core'
import type { BinaryNode } from '../passes/fuse-layers.ts'
import { offsetBy } from '../program/program-builder.ts'
import { bitRowBytes, channelsOf, rowsOf } from '../program/value.ts'
import { type BitKernel, bitKernel, layOutPopcount, popcountRowBytes } from '../weights/bit-kernel.ts'
import { tableObstacle } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type Lowering, type LoweringContext, outputBuffer, requireTensor } from './context.ts'
import { accumulatorEpilogue } from './epilogue.ts'
import { convolutionGeometry, denseGeometry, transposedGeometry } from './geometry.ts'
import { lowerTable } from './table-convolution.ts'

/** Fewer pixels are not worth a task. */
const LEAST_PIXELS = 8

/** How the kernels are told what a tap outside the input reads. */
const OUTSIDE: Readonly<Record<PaddingValue, number>> = { zero: 0, one: 1, 'minus-one': 2 }

function lowerPopcount(context: LoweringContext, layer: BinaryLayer, kernel: BitKernel): Lowered {
  const { builder, inputs } = context
  const { geometry, window, inputWidth, outputWidth, pixels, groups, paddingValue } = layer
  const buffer = outputBuffer(context)
  const constants = [layOutPopcount(kernel, groups), geometry.rows, geometry.columns].map((data) => builder.constant(data))
  const scratch = builder.scratch(2 * popcountRowBytes(kernel) + 16)
  builder.split(pixels, 1, LEAST_PIXELS, (from, to) =>
    builder.call(
      'popcountConv',
      ...[inputs[0].buffer, offsetBy(buffer, 4 * from * kernel.outputs), ...constants, scratch],
      ...[bitRowBytes(channelsOf(inputs[0])), inputWidth, outputWidth, ...window],
      ...[kernel.channels, groups, kernel.outputs / groups, OUTSIDE[paddingValue], from, to],
    ),
  )
  return { buffer, kernel: 'popcount' }
}

function lowerBinary(node: BinaryNode, context: LoweringContext): Lowered {
  const layer = binaryLayer(node, context)
  const kernel = bitKernel(node.name, requireTensor(node, context, 'weights'))
  const reason = context.tileWidths.length === 0 ? 'The popcount kernel was asked for.' : tableObstacle(kernel, layer.groups)
  if (reason) return { ...lowerPopcount(context, layer, kernel), reason }
  const buffer = outputBuffer(context)
  const epilogue = accumulatorEpilogue(context.builder, buffer, kernel.outputs)
  return { buffer, kernel: lowerTable(context, layer, kernel, () => epilogue) }
}

/** The geometry of a binary node. */
export function binaryLayer(node: BinaryNode, context: LoweringContext): BinaryLayer {
  const input = context.inputs[0].shape
  const output = context.type.shape
  if (node.op === 'binaryDense') {
    const pixels = rowsOf(context.type)
    const geometry = denseGeometry(pixels)
    const sizes = { window: [1, 1], inputWidth: pixels, outputWidth: pixels, pixels, groups: 1 } as const
    return { geometry, ...sizes, paddingValue: 'zero' }
  }
  const [, height, width] = requireTensor(node, context, 'weights').shape
  const window = [height, width] as const
  const sizes = { window, inputWidth: input[1], outputWidth: output[1], pixels: output[0] * output[1] }
  if (node.op === 'binaryConv2dTranspose') {
    const geometry = transposedGeometry(input, output, window, node.attributes)
    return { geometry, ...sizes, groups: 1, paddingValue: 'zero' }
  }
  const { groups, paddingValue } = node.attributes
  const geometry = convolutionGeometry(input, output, window, node.attributes)
  return { geometry, ...sizes, groups, paddingValue, convolution: node.attributes }
}

export const binaryConv2d: Lowering<'binaryConv2d'> = lowerBinary
export const binaryConv2dTranspose: Lowering<'binaryConv2dTranspose'> = lowerBinary
export const binaryDense: Lowering<'binaryDense'> = lowerBinary
