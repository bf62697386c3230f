/** Binary convolutions and dense layers. */
import type { BinaryNode } from '../passes/fuse-layers.ts'
import { rowsOf } from '../program/value.ts'
import { type BitKernel, bitKernel } from '../weights/bit-kernel.ts'
import { countObstacle } from '../weights/table-kernel.ts'
import type { BinaryLayer } from './binary-layer.ts'
import { type Lowered, type Lowering, type LoweringContext, outputBuffer, requireTensor } from './context.ts'
import { countInChunks } from './count-in-chunks.ts'
import { countPhases } from './count-phases.ts'
import { accumulatorEpilogue, type Epilogue } from './epilogue.ts'
import { convolutionGeometry, denseGeometry, transposedGeometry } from './geometry.ts'
import { lowerLongSums } from './popcount-convolution.ts'

/**
 * Adds the steps of a layer whose sums fit the epilogue.
 * @param epilogueFor Given the most pixels that it meets at a time, what to do with their counts.
 */
export function lowerCounts(
  context: LoweringContext,
  layer: BinaryLayer,
  kernel: BitKernel,
  epilogueFor: (pixels: number) => Epilogue,
): Pick<Lowered, 'kernel' | 'reason'> {
  const inPhases = layer.transposed && Math.max(...layer.transposed.strides) > 1
  return (inPhases ? countPhases : countInChunks)(context, layer, kernel, epilogueFor)
}

function lowerBinary(node: BinaryNode, context: LoweringContext): Lowered {
  const layer = binaryLayer(node, context)
  const kernel = bitKernel(node.name, requireTensor(node, context, 'weights'))
  const tooLong = countObstacle(kernel)
  if (tooLong) return { ...lowerLongSums(context, layer, kernel), reason: tooLong }
  const buffer = outputBuffer(context)
  const epilogue = accumulatorEpilogue(context.builder, buffer, kernel.outputs)
  return { buffer, ...lowerCounts(context, layer, kernel, () => epilogue) }
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
    return { geometry, ...sizes, groups: 1, paddingValue: 'zero', transposed: node.attributes }
  }
  const { groups, paddingValue } = node.attributes
  const geometry = convolutionGeometry(input, output, window, node.attributes)
  return { geometry, ...sizes, groups, paddingValue, convolution: node.attributes }
}

export const binaryConv2d: Lowering<'binaryConv2d'> = lowerBinary
export const binaryConv2dTranspose: Lowering<'binaryConv2dTranspose'> = lowerBinary
export const binaryDense: Lowering<'binaryDense'> = lowerBinary
