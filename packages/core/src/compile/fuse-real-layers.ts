/**
 * Finds real convolutions and dense layers whose followers run while the sums are in registers: scale and shift, then PReLU or ReLU.
 * Nothing is reordered, so nothing is rounded differently.
 */
import type { AnyNode, Graph, NodeOf } from '../graph/graph.ts'
import type { CanFuse } from './can-fuse.ts'
import type { Consumers } from './consumers.ts'

export type RealNode = NodeOf<'conv2d' | 'conv2dTranspose' | 'dense'>

export interface RealLayer {
  readonly convolution: RealNode
  readonly affine?: NodeOf<'affine'>
  /** PReLU or ReLU. */
  readonly activation?: NodeOf<'prelu' | 'activation'>
}

/** The nodes of a layer: the convolution, then those that follow it. The layer leaves the last one's value. */
export function realLayerNodes({ convolution, affine, activation }: RealLayer): AnyNode[] {
  return [convolution, affine, activation].filter((node) => node !== undefined)
}

export function isReal(node: AnyNode): node is RealNode {
  return node.op === 'conv2d' || node.op === 'conv2dTranspose' || node.op === 'dense'
}

/**
 * Real layers of at least two nodes, in the order of their convolutions.
 * @param taken Returns true if a node runs as part of another unit.
 */
export function fuseRealLayers(
  graph: Graph,
  consumers: Consumers,
  canFuse: CanFuse,
  taken: (node: string) => boolean,
): RealLayer[] {
  const next = (value: AnyNode): AnyNode | undefined => {
    const node = consumers.only(value.name)
    return node && canFuse(node) && !taken(node.name) ? node : undefined
  }
  return graph.nodes.flatMap((convolution) => {
    if (!isReal(convolution) || !canFuse(convolution)) return []
    const first = next(convolution)
    const affine = first?.op === 'affine' ? first : undefined
    const last = affine ? next(affine) : first
    const isRectifier = last?.op === 'prelu' || (last?.op === 'activation' && last.attributes.function === 'relu')
    const activation = isRectifier ? (last as NodeOf<'prelu' | 'activation'>) : undefined
    return affine || activation ? [{ convolution, affine, activation }] : []
  })
}
