/**
 * Finds real convolutions and dense layers whose followers run while the sums are in registers: scale and shift, then PReLU or ReLU.
 * Nothing is reordered, so nothing is rounded differently.
 */
import type { AnyNode, Graph } from '@onebit/core'
import type { NodeOf } from '../lower/context.ts'
import { isDepthwiseKernel } from '../weights/float-kernel.ts'
import { findConsumers } from './consumers.ts'

export type RealNode = NodeOf<'conv2d'> | NodeOf<'conv2dTranspose'> | NodeOf<'dense'>

export interface RealLayer {
  readonly convolution: RealNode
  readonly affine?: NodeOf<'affine'>
  /** PReLU or ReLU. */
  readonly activation?: NodeOf<'prelu'> | NodeOf<'activation'>
  /** The last of the above: the node whose value the layer leaves. */
  readonly result: string
}

export interface FusedReals {
  /** Each layer that has followers by the name of the last of them, at whose place it runs. */
  readonly layers: ReadonlyMap<string, RealLayer>
  /** Nodes that run as part of another, with the name of that one. */
  readonly absorbed: ReadonlyMap<string, string>
}

function isReal({ op }: AnyNode): boolean {
  return op === 'conv2d' || op === 'conv2dTranspose' || op === 'dense'
}

function fusable(graph: Graph, node: RealNode): boolean {
  return node.op !== 'conv2d' || !isDepthwiseKernel(graph.tensors.get(node.tensors.weights)!, node.attributes.groups)
}

/** @param taken What runs as part of another layer. */
export function fuseRealLayers(graph: Graph, taken: (node: string) => boolean = () => false): FusedReals {
  const consumers = findConsumers(graph)
  const next = (value: string): AnyNode | undefined => {
    const node = consumers.only(value)
    return node && !taken(node.name) ? node : undefined
  }
  const layers = new Map<string, RealLayer>()
  const absorbed = new Map<string, string>()
  for (const node of graph.nodes) {
    if (!isReal(node) || !fusable(graph, node as RealNode)) continue
    let layer: RealLayer = { convolution: node as RealNode, result: node.name }
    const affine = next(layer.result)
    if (affine?.op === 'affine') layer = { ...layer, affine, result: affine.name }
    const activation = next(layer.result)
    if (activation?.op === 'prelu' || (activation?.op === 'activation' && activation.attributes.function === 'relu')) {
      layer = { ...layer, activation, result: activation.name }
    }
    if (layer.result === node.name) continue
    layers.set(layer.result, layer)
    for (const part of [node, layer.affine]) if (part && part.name !== layer.result) absorbed.set(part.name, layer.result)
  }
  return { layers, absorbed }
}
