/** Decides which layers run together with their followers. */
import type { Graph } from '@onebit/core'
import { type BinaryNode, bitWeights, type CanFuse, isBinary, isDepthwise } from '@onebit/core/compile'
import { countsDepthwise } from '../lower/depthwise-counting.ts'
import { countObstacle } from '../weights/table-weights.ts'

/** Outputs that the epilogue of binary layers stores at a time. */
const LANES = 8

function fitsEpilogue(node: BinaryNode, { tensors }: Graph): boolean {
  const weights = bitWeights(node.name, tensors.get(node.tensors.weights)!)
  const groups = node.op === 'binaryConv2d' ? node.attributes.groups : 1
  const isWhole = groups === 1 || countsDepthwise(weights, groups)
  return isWhole && weights.outputs % LANES === 0 && countObstacle(weights) === undefined
}

/** Every possible follower of a layer has a kernel, so only the layer itself must fit. */
export function fusionsOf(graph: Graph): CanFuse {
  return (node) => {
    if (isBinary(node)) return fitsEpilogue(node, graph)
    return node.op !== 'conv2d' || !isDepthwise(graph.tensors.get(node.tensors.weights)!, node.attributes.groups)
  }
}
