/**
 * Finds binary convolutions whose followers run in the same pass over the output: scale and shift, gate, PReLU or RPReLU, shortcut, and the
 * threshold that packs the result for the next binary layer. Nothing is reordered, so nothing is rounded differently.
 */
import type { AnyNode, Graph, ValueType } from '@onebit/core'
import { elementCount, sameShape } from '@onebit/core'
import type { NodeOf } from '../lower/context.ts'
import { isDepthwise } from '../lower/depthwise-convolution.ts'
import { bitKernel } from '../weights/bit-kernel.ts'
import { countObstacle } from '../weights/table-kernel.ts'
import { type Consumers, findConsumers } from './consumers.ts'
import { type Rectifier, rectifierNodes, rectifierOf } from './rectifiers.ts'

export type BinaryNode = NodeOf<'binaryConv2d'> | NodeOf<'binaryConv2dTranspose'> | NodeOf<'binaryDense'>

export interface FusedLayer {
  readonly convolution: BinaryNode
  readonly affine?: NodeOf<'affine'>
  /** The product with one factor per channel, and the factors' value. */
  readonly multiply?: NodeOf<'multiply'>
  readonly gate?: string
  readonly rectifier?: Rectifier
  /** The sum with the shortcut, and the shortcut's value. */
  readonly add?: NodeOf<'add'>
  readonly shortcut?: string
  /** Whether the shortcut is added before the rectifier. */
  readonly addFirst: boolean
  /** The last of the above: the node whose value the layer leaves. */
  readonly result: string
  /** Packs the result, or the accumulators where there is no affine. */
  readonly threshold?: NodeOf<'threshold'>
  /** Whether anything but the threshold reads the result. */
  readonly keepsResult: boolean
}

/** Outputs that the fused epilogue stores at a time. */
const LANES = 8

function fusable(graph: Graph, node: BinaryNode): boolean {
  const kernel = bitKernel(node.name, graph.tensors.get(node.tensors.weights)!)
  const groups = node.op === 'binaryConv2d' ? node.attributes.groups : 1
  return (groups === 1 || isDepthwise(kernel, groups)) && kernel.outputs % LANES === 0 && countObstacle(kernel) === undefined
}

type Tail = Pick<FusedLayer, 'multiply' | 'gate' | 'rectifier' | 'add' | 'shortcut' | 'addFirst' | 'result'>

/** Whether a value holds one factor per channel. */
function isPerChannel({ shape }: ValueType, channels: number): boolean {
  return shape.at(-1) === channels && elementCount(shape) === channels
}

/** Follows the affine's value through at most one gate, one rectifier and one shortcut; what is `taken` runs in another layer. */
function followTail(
  { tensors }: Graph,
  consumers: Consumers,
  types: ReadonlyMap<string, ValueType>,
  taken: (node: string) => boolean,
  affine: string,
): Tail {
  let tail: Tail = { addFirst: false, result: affine }
  for (;;) {
    const next = consumers.only(tail.result)
    if (!next || taken(next.name)) return tail
    const [other] = next.inputs.filter((name) => name !== tail.result)
    const rectifier = tail.rectifier ? undefined : rectifierOf(consumers, tensors, tail.result)
    if (next.op === 'multiply' && tail.result === affine && other !== undefined) {
      if (!isPerChannel(types.get(other)!, types.get(affine)!.shape.at(-1)!)) return tail
      tail = { ...tail, multiply: next, gate: other, result: next.name }
    } else if (rectifier) {
      tail = { ...tail, rectifier, addFirst: tail.add !== undefined, result: rectifierNodes(rectifier).at(-1)!.name }
    } else if (next.op === 'add' && !tail.add) {
      if (other === undefined || !sameShape(types.get(other)!.shape, types.get(tail.result)!.shape)) return tail
      tail = { ...tail, add: next, shortcut: other, result: next.name }
      if (tail.rectifier) return tail
    } else {
      return tail
    }
  }
}

function fuseAt(
  graph: Graph,
  types: ReadonlyMap<string, ValueType>,
  consumers: Consumers,
  taken: (node: string) => boolean,
  convolution: BinaryNode,
): FusedLayer | undefined {
  const next = consumers.only(convolution.name)
  if (!next || !fusable(graph, convolution)) return undefined
  if (next.op === 'threshold') {
    return { convolution, addFirst: false, result: convolution.name, threshold: next, keepsResult: false }
  }
  if (next.op !== 'affine') return undefined
  const tail = followTail(graph, consumers, types, taken, next.name)
  const threshold = consumers.of(tail.result).find((node) => node.op === 'threshold') as NodeOf<'threshold'> | undefined
  const keepsResult = !threshold || consumers.only(tail.result) === undefined
  return { convolution, affine: next, ...tail, threshold, keepsResult }
}

export interface FusedGraph {
  /** Each layer by the name of the node at whose place it runs: the last one that it needs. */
  readonly layers: ReadonlyMap<string, FusedLayer>
  /** Rectifiers of more than a PReLU that follow no such layer, by the name of their last node. */
  readonly rectifiers: ReadonlyMap<string, Rectifier>
  /** Nodes that run as part of another, with the name of that one. */
  readonly absorbed: ReadonlyMap<string, string>
  /** Whether a node is one of the above. */
  takes(node: string): boolean
}

export function fuseLayers(graph: Graph, types: ReadonlyMap<string, ValueType>): FusedGraph {
  const consumers = findConsumers(graph)
  const layers = new Map<string, FusedLayer>()
  const absorbed = new Map<string, string>()
  const taken = (node: string): boolean => layers.has(node) || absorbed.has(node)
  const absorb = (parts: readonly (AnyNode | undefined)[], result: string): void => {
    for (const part of parts) if (part && part.name !== result) absorbed.set(part.name, result)
  }
  for (const node of graph.nodes) {
    if (node.op !== 'binaryConv2d' && node.op !== 'binaryConv2dTranspose' && node.op !== 'binaryDense') continue
    const layer = fuseAt(graph, types, consumers, taken, node)
    if (!layer) continue
    const { convolution, affine, multiply, rectifier, add, result, threshold } = layer
    layers.set(result, layer)
    absorb([convolution, affine, multiply, ...(rectifier ? rectifierNodes(rectifier) : []), add, threshold], result)
  }
  const rectifiers = new Map<string, Rectifier>()
  for (const value of [...graph.inputs, ...graph.nodes]) {
    const real = types.get(value.name)!.dtype === 'float32'
    const rectifier = real ? rectifierOf(consumers, graph.tensors, value.name) : undefined
    const nodes = rectifier ? rectifierNodes(rectifier) : []
    if (nodes.length < 2 || nodes.some(({ name }) => taken(name))) continue
    const result = nodes.at(-1)!.name
    rectifiers.set(result, rectifier!)
    absorb(nodes, result)
  }
  return { layers, rectifiers, absorbed, takes: (node) => taken(node) || rectifiers.has(node) }
}
