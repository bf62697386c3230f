/**
 * Units in execution order. A backend emits a kernel for each: a single node, or several that run in one pass over memory.
 *
 *     for (const unit of planUnits(typed, { canFuse }).units) emit(unit)
 */
import type { AnyNode } from '../graph/graph.ts'
import { checkTypedGraph, type TypedGraph } from '../graph/typed-graph.ts'
import { checkOptions } from '../options/check-options.ts'
import { callback } from '../options/value-rules.ts'
import type { CanFuse } from './can-fuse.ts'
import { type Consumers, findConsumers } from './consumers.ts'
import { type BinaryLayer, binaryLayerNodes, fuseBinaryLayers } from './fuse-binary-layers.ts'
import { fuseRealLayers, type RealLayer, realLayerNodes } from './fuse-real-layers.ts'
import { findRectifiers, type Rectifier, rectifierNodes } from './rectifiers.ts'

interface UnitNodes {
  /** The nodes that run in the unit, in order. */
  readonly nodes: readonly AnyNode[]
  /** Values that it leaves. A binary layer: its bits, and its result if anything but its threshold reads it. Others: the last node's. */
  readonly values: readonly string[]
  /** The node that explanations show with the kernel. The others are fused into it. For a layer it is the convolution. */
  readonly main: string
}

export type Unit = UnitNodes &
  (
    | { readonly kind: 'binary-layer'; readonly layer: BinaryLayer }
    | { readonly kind: 'real-layer'; readonly layer: RealLayer }
    | { readonly kind: 'rectifier'; readonly rectifier: Rectifier }
    | { readonly kind: 'node'; readonly node: AnyNode }
  )

export interface UnitPlan {
  /** Every unit comes after the units that it reads. */
  readonly units: readonly Unit[]
  readonly consumers: Consumers
  /** The unit that a node runs in. */
  unitOf(node: string): Unit
}

export interface PlanOptions {
  /** Decides which nodes the backend runs together with others. Default: none. */
  readonly canFuse?: CanFuse
}

function binaryUnit(layer: BinaryLayer): Unit {
  const { result, keepsResult, threshold, convolution } = layer
  const values = [...(keepsResult ? [result] : []), ...(threshold ? [threshold.name] : [])]
  return { kind: 'binary-layer', layer, nodes: binaryLayerNodes(layer), values, main: convolution.name }
}

function realUnit(layer: RealLayer): Unit {
  const nodes = realLayerNodes(layer)
  return { kind: 'real-layer', layer, nodes, values: [nodes.at(-1)!.name], main: layer.convolution.name }
}

function rectifierUnit(rectifier: Rectifier): Unit {
  const nodes = rectifierNodes(rectifier)
  const { name } = nodes.at(-1)!
  return { kind: 'rectifier', rectifier, nodes, values: [name], main: name }
}

function nodeUnit(node: AnyNode): Unit {
  return { kind: 'node', node, nodes: [node], values: [node.name], main: node.name }
}

/** A unit runs at the place of this node, the last one that it needs. A threshold needs no more than the result. */
function placeOf(unit: Unit): string {
  return unit.kind === 'binary-layer' ? unit.layer.result : unit.nodes.at(-1)!.name
}

/**
 * @param typed A graph, better after `mergeAffineThresholds`.
 * @throws GraphError on what is no graph with its types; OptionError on a bad option.
 */
export function planUnits(typed: TypedGraph, options: PlanOptions = {}): UnitPlan {
  checkTypedGraph(typed)
  const { canFuse = () => false } = checkOptions('planUnits()', options, { canFuse: callback })
  const { graph } = typed
  const consumers = findConsumers(graph)
  const unitOf = new Map<string, Unit>()
  const taken = (node: string): boolean => unitOf.has(node)
  const claim = (units: readonly Unit[]): void => {
    for (const unit of units) for (const { name } of unit.nodes) unitOf.set(name, unit)
  }
  claim(fuseBinaryLayers(typed, consumers, canFuse).map(binaryUnit))
  claim(findRectifiers(typed, consumers, canFuse, taken).map(rectifierUnit))
  claim(fuseRealLayers(graph, consumers, canFuse, taken).map(realUnit))
  claim(graph.nodes.filter(({ name }) => !taken(name)).map(nodeUnit))
  const units = graph.nodes.flatMap(({ name }) => {
    const unit = unitOf.get(name)!
    return placeOf(unit) === name ? [unit] : []
  })
  return { units, consumers, unitOf: (node) => unitOf.get(node)! }
}
