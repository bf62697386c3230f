/**
 * Finds bits that only 1x1 layers on lookup tables read. What computes them writes table offsets at once, as these layers' panel, instead
 * of packed bits from which each would make it.
 */
import type { AnyNode, Graph, ValueType } from '@onebit/core'
import type { NodeOf } from '../lower/context.ts'
import { channelsOf } from '../program/value.ts'
import { bitKernel } from '../weights/bit-kernel.ts'
import { tableObstacle } from '../weights/table-kernel.ts'
import { isPlain } from '../weights/thresholds.ts'
import { findConsumers } from './consumers.ts'
import type { FusedGraph } from './fuse-layers.ts'

/** Whether output pixel after output pixel reads input pixel after input pixel, and all of it. */
function isPointwise(node: AnyNode, { tensors }: Graph): node is NodeOf<'binaryConv2d'> | NodeOf<'binaryDense'> {
  if (node.op === 'binaryDense') return true
  if (node.op !== 'binaryConv2d') return false
  const [, height, width] = tensors.get(node.tensors.weights)!.shape
  const { strides, padding, groups } = node.attributes
  return groups === 1 && [height, width, ...strides].every((size) => size === 1) && padding.every((size) => size === 0)
}

function readsPanel(node: AnyNode, graph: Graph): boolean {
  if (!isPointwise(node, graph)) return false
  return tableObstacle(bitKernel(node.name, graph.tensors.get(node.tensors.weights)!), 1) === undefined
}

/** Names of the thresholds whose bits lie as a panel. */
export function findPanelValues(graph: Graph, types: ReadonlyMap<string, ValueType>, fused: FusedGraph): Set<string> {
  const consumers = findConsumers(graph)
  const returned = new Set(graph.outputs.map(({ value }) => value))
  /** Whether what computes the bits does so for pairs of pixels. */
  const writesPairs = (node: NodeOf<'threshold'>): boolean => {
    const layer = fused.layers.get(fused.absorbed.get(node.name) ?? '')
    if (!layer) return types.get(node.inputs[0])!.dtype === 'float32'
    // A transposed layer's phases end with rows, which may be odd.
    return layer.convolution.op !== 'binaryConv2dTranspose'
  }
  const found = new Set<string>()
  for (const node of graph.nodes) {
    if (node.op !== 'threshold' || returned.has(node.name)) continue
    const steps = graph.tensors.get(node.tensors.thresholds)!.shape[1]
    const readers = consumers.of(node.name)
    if (!isPlain(steps, channelsOf(types.get(node.name)!)) || !writesPairs(node)) continue
    if (readers.length > 0 && readers.every((reader) => readsPanel(reader, graph))) found.add(node.name)
  }
  return found
}
