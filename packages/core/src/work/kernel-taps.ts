/** Multiply-accumulates of the ops that have weights. */
import { type AnyNode, elementCount, type GraphTensor, type ValueType } from '../graph/graph.ts'

/**
 * Positions times taps. Each output of a convolution takes `height x width x in / groups` multiply-accumulates. Taps on padding count
 * too, as in the papers. A transposed convolution spends them on each input.
 * 0 for ops without weights.
 */
export function kernelTaps(
  node: AnyNode,
  input: ValueType | undefined,
  output: ValueType,
  weights: GraphTensor | undefined,
): number {
  if (!input || !weights) return 0
  const size = elementCount(weights.shape)
  switch (node.op) {
    case 'conv2d':
    case 'binaryConv2d':
      return (elementCount(output.shape) / output.shape[2]) * size
    case 'conv2dTranspose':
    case 'binaryConv2dTranspose':
      return input.shape[0] * input.shape[1] * size
    case 'dense':
    case 'binaryDense':
      return elementCount(input.shape.slice(0, -1)) * size
    default:
      return 0
  }
}
