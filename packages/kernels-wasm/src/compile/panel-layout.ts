/**
 * Finds bits that only 1x1 layers on lookup tables read. Their producer writes table offsets directly, as the panel of these layers.
 * Otherwise each layer would make the panel from packed bits.
 */
import type { AnyNode, Graph, NodeOf, TypedGraph } from '@onebit/core'
import { bitWeights, type UnitPlan } from '@onebit/core/compile'
import { channelsOf } from '../program/value.ts'
import { isPlain } from '../weights/plain-thresholds.ts'
import { tableObstacle } from '../weights/table-weights.ts'

/** True if each output pixel reads exactly the input pixel of the same index, with all its channels. */
function isPointwise(node: AnyNode, { tensors }: Graph): node is NodeOf<'binaryConv2d' | 'binaryDense'> {
  if (node.op === 'binaryDense') return true
  if (node.op !== 'binaryConv2d') return false
  const [, height, width] = tensors.get(node.tensors.weights)!.shape
  const { strides, padding, groups } = node.attributes
  return groups === 1 && [height, width, ...strides].every((size) => size === 1) && padding.every((size) => size === 0)
}

function readsPanel(node: AnyNode, graph: Graph): boolean {
  if (!isPointwise(node, graph)) return false
  return tableObstacle(bitWeights(node.name, graph.tensors.get(node.tensors.weights)!), 1) === undefined
}

/** Names of the thresholds that write their bits as a panel. */
export function findPanels({ graph, types }: TypedGraph, { consumers, unitOf }: UnitPlan): Set<string> {
  /** True if the unit that computes the bits does so for pairs of pixels. */
  const writesPairs = (node: NodeOf<'threshold'>): boolean => {
    const unit = unitOf(node.name)
    if (unit.kind !== 'binary-layer') return types.get(node.inputs[0])!.dtype === 'float32'
    // The parts of a transposed layer end with rows, which may have odd lengths.
    return unit.layer.convolution.op !== 'binaryConv2dTranspose'
  }
  const found = new Set<string>()
  for (const node of graph.nodes) {
    if (node.op !== 'threshold' || consumers.isReturned(node.name)) continue
    const steps = graph.tensors.get(node.tensors.thresholds)!.shape[1]
    const readers = consumers.of(node.name)
    if (!isPlain(steps, channelsOf(types.get(node.name)!)) || !writesPairs(node)) continue
    if (readers.length > 0 && readers.every((reader) => readsPanel(reader, graph))) found.add(node.name)
  }
  return found
}
