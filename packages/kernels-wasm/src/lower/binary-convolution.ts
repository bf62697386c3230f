/** Binary convolutions and dense layers. */
import type { BinaryNode } from '../passes/fuse-layers.ts'
import type { Buffer } from '../program/program-builder.ts'
import { rowsOf } from '../program/value.ts'
import { type BitKernel, bitKernel } from '../weights/bit-kernel.ts'
import { countObstacle, tableObstacle } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type Lowering, type LoweringContext, type NodeOf, outputBuffer, requireTensor } from './context.ts'
import { isDepthwise, lowerDepthwise } from './depthwise-convolution.ts'
import { accumulatorEpilogue, type Epilogue, phaseEpilogue } from './epilogue.ts'
import { convolutionGeometry, denseGeometry, transposedGeometry } from './geometry.ts'
import { lowerLongSums, lowerPopcount } from './popcount-convolution.ts'
import { lowerTable } from './table-convolution.ts'
import { cutIntoPhases } from './transposed-phases.ts'

/**
 * Adds the steps of a layer on the kernel that suits it, table, popcount or depthwise, with what is to become of its counts. Says why where
 * tables were to be used and are not.
 */
export function lowerCounts(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  epilogueFor: (chunk: number) => Epilogue,
): Pick<Lowered, 'kernel' | 'reason'> {
  if (isDepthwise(kernel, layer.groups)) return { kernel: lowerDepthwise(context, layer, kernel, epilogueFor) }
  if (context.tiles.length === 0) return { kernel: lowerPopcount(context, layer, kernel, epilogueFor) }
  const reason = tableObstacle(kernel, layer.groups)
  return { kernel: (reason ? lowerPopcount : lowerTable)(context, layer, kernel, epilogueFor), reason }
}

function lowerBinary(node: BinaryNode, context: LoweringContext): Lowered {
  const layer = binaryLayer(node, context)
  const kernel = bitKernel(node.name, requireTensor(node, context, 'weights'))
  const tooLong = countObstacle(kernel)
  if (tooLong) return { ...lowerLongSums(context, layer, kernel), reason: tooLong }
  const buffer = outputBuffer(context)
  if (node.op === 'binaryConv2dTranspose' && Math.max(...node.attributes.strides) > 1) {
    return { buffer, ...lowerPhases(node, context, layer, kernel, buffer) }
  }
  const epilogue = accumulatorEpilogue(context.builder, buffer, kernel.outputs)
  return { buffer, ...lowerCounts(context, layer, kernel, () => epilogue) }
}

function lowerPhases(
  { attributes }: NodeOf<'binaryConv2dTranspose'>,
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  buffer: Buffer,
): Pick<Lowered, 'kernel' | 'reason'> {
  const { builder } = context
  const phases = cutIntoPhases(layer, kernel, attributes)
  if (phases.some((phase) => !phase.layer)) builder.call('clear', buffer, buffer.bytes)
  const kernels = phases.map(({ layer: part, kernel: weights, first }) => {
    if (!part) return 'none'
    const place = { first, strides: attributes.strides, width: part.outputWidth, outputWidth: layer.outputWidth }
    const epilogue = phaseEpilogue(builder, buffer, kernel.outputs, place)
    return lowerCounts(context, part, weights, () => epilogue).kernel
  })
  const largest = kernels.find((name) => name !== 'none') ?? 'none'
  return { kernel: `${phases.length} phases of ${largest}` }
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
