/**
 * Finds binary convolutions and dense layers whose followers run in the same pass over the output: scale and shift, gate, PReLU or RPReLU,
 * shortcut, and the threshold that packs the result for the next binary layer. Nothing is reordered, so nothing is rounded differently.
 */
import { type AnyNode, elementCount, type NodeOf, sameShape, type ValueType } from '../graph/graph.ts'
import type { TypedGraph } from '../graph/typed-graph.ts'
import type { CanFuse } from './can-fuse.ts'
import type { Consumers } from './consumers.ts'
import { type Rectifier, rectifierNodes, rectifierOf } from './rectifiers.ts'

export type BinaryNode = NodeOf<'binaryConv2d' | 'binaryConv2dTranspose' | 'binaryDense'>

export interface BinaryLayer {
  readonly convolution: BinaryNode
  readonly affine?: NodeOf<'affine'>
  /** The product with one factor per channel, and the name of the factors' value. */
  readonly multiply?: NodeOf<'multiply'>
  readonly gate?: string
  readonly rectifier?: Rectifier
  /** The sum with the shortcut, and the name of the shortcut's value. */
  readonly add?: NodeOf<'add'>
  readonly shortcut?: string
  /** True if the shortcut is added before the rectifier. */
  readonly addFirst: boolean
  /** The last node of the above. The layer leaves its value. */
  readonly result: string
  /** Packs the result, or the accumulators if there is no affine. */
  readonly threshold?: NodeOf<'threshold'>
  /** True if anything but the threshold reads the result. */
  readonly keepsResult: boolean
}

/** The nodes of a layer: the convolution, then those that follow it. */
export function binaryLayerNodes({ convolution, affine, multiply, rectifier, add, threshold }: BinaryLayer): AnyNode[] {
  const followers = [affine, multiply, ...(rectifier ? rectifierNodes(rectifier) : []), add, threshold]
  return [convolution, ...followers.filter((node) => node !== undefined)]
}

export function isBinary(node: AnyNode): node is BinaryNode {
  return node.op === 'binaryConv2d' || node.op === 'binaryConv2dTranspose' || node.op === 'binaryDense'
}

type Followers = Pick<BinaryLayer, 'multiply' | 'gate' | 'rectifier' | 'add' | 'shortcut' | 'addFirst' | 'result'>

/** True if a value holds one factor per channel. */
function isPerChannel({ shape }: ValueType, channels: number): boolean {
  return shape.at(-1) === channels && elementCount(shape) === channels
}

interface Search extends TypedGraph {
  readonly consumers: Consumers
  /** True if a node may join a layer. */
  isFree(node: AnyNode): boolean
}

/** Follows the affine's value through at most one gate, one rectifier and one shortcut. */
function findFollowers({ graph, types, consumers, isFree }: Search, affine: string): Followers {
  let found: Followers = { addFirst: false, result: affine }
  for (;;) {
    const { result } = found
    const next = consumers.only(result)
    if (!next || !isFree(next)) return found
    const [other] = next.inputs.filter((name) => name !== result)
    const rectifier = found.rectifier ? undefined : rectifierOf(consumers, graph.tensors, result)
    if (next.op === 'multiply' && result === affine && other !== undefined) {
      if (!isPerChannel(types.get(other)!, types.get(affine)!.shape.at(-1)!)) return found
      found = { ...found, multiply: next, gate: other, result: next.name }
    } else if (rectifier) {
      if (!rectifierNodes(rectifier).every(isFree)) return found
      found = { ...found, rectifier, addFirst: found.add !== undefined, result: rectifierNodes(rectifier).at(-1)!.name }
    } else if (next.op === 'add' && !found.add) {
      if (other === undefined || !sameShape(types.get(other)!.shape, types.get(result)!.shape)) return found
      found = { ...found, add: next, shortcut: other, result: next.name }
      if (found.rectifier) return found
    } else {
      return found
    }
  }
}

function layerOf(search: Search, convolution: BinaryNode): BinaryLayer | undefined {
  const { consumers, isFree } = search
  const next = consumers.only(convolution.name)
  if (!next || !isFree(next)) return undefined
  if (next.op === 'threshold') {
    return { convolution, addFirst: false, result: convolution.name, threshold: next, keepsResult: false }
  }
  if (next.op !== 'affine') return undefined
  const followers = findFollowers(search, next.name)
  const threshold = consumers.of(followers.result).find((node) => node.op === 'threshold' && isFree(node))
  const keepsResult = !threshold || consumers.only(followers.result) === undefined
  return { convolution, affine: next, ...followers, threshold: threshold as NodeOf<'threshold'> | undefined, keepsResult }
}

/** Binary layers of at least two nodes, in the order of their convolutions. No node is part of two. */
export function fuseBinaryLayers(typed: TypedGraph, consumers: Consumers, canFuse: CanFuse): BinaryLayer[] {
  const taken = new Set<string>()
  const search: Search = { ...typed, consumers, isFree: (node) => !taken.has(node.name) && canFuse(node) }
  const layers: BinaryLayer[] = []
  for (const node of typed.graph.nodes) {
    const layer = isBinary(node) && canFuse(node) ? layerOf(search, node) : undefined
    if (!layer) continue
    layers.push(layer)
    for (const { name } of binaryLayerNodes(layer)) taken.add(name)
  }
  return layers
}
