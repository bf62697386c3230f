/** Binary convolutions and dense layers. */
import { type BinaryNode, type BitWeights, bitWeights } from '@onebit/core/compile'
import { countObstacle } from '../weights/table-weights.ts'
import { countInChunks } from './count-in-chunks.ts'
import { countSubConvolutions } from './count-sub-convolutions.ts'
import { accumulatorEpilogue, type Epilogue } from './epilogue.ts'
import { binaryGeometry, type LayerGeometry } from './layer-geometry.ts'
import { type LayerKernel, type Lowered, type Lowering, type LoweringScope, outputBuffer, requireTensor } from './lowering.ts'
import { lowerLongSums } from './popcount-counting.ts'

/**
 * Adds the steps of a layer with sums that fit the epilogue.
 * @param epilogueFor Makes the epilogue, given the most pixels in a chunk of counts.
 */
export function lowerCounts(
  context: LoweringScope,
  layer: LayerGeometry,
  weights: BitWeights,
  epilogueFor: (pixels: number) => Epilogue,
): LayerKernel {
  const inParts = layer.transposed && Math.max(...layer.transposed.strides) > 1
  return (inParts ? countSubConvolutions : countInChunks)(context, layer, weights, epilogueFor)
}

function lowerBinary(node: BinaryNode, context: LoweringScope): Lowered {
  const layer = binaryGeometry(node, context)
  const weights = bitWeights(node.name, requireTensor(node, context, 'weights'))
  const tooLong = countObstacle(weights)
  if (tooLong) return { ...lowerLongSums(context, layer, weights), reason: tooLong }
  const buffer = outputBuffer(context)
  const epilogue = accumulatorEpilogue(context.builder, buffer, weights.outputs)
  return { buffer, ...lowerCounts(context, layer, weights, () => epilogue) }
}

export const binaryConv2d: Lowering<'binaryConv2d'> = lowerBinary
export const binaryConv2dTranspose: Lowering<'binaryConv2dTranspose'> = lowerBinary
export const binaryDense: Lowering<'binaryDense'> = lowerBinary
