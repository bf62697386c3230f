/**
 * Merges an affine that feeds nothing but thresholds into them: batch normalization and the sign after it become one comparison
 * per channel, on the accumulators themselves.
 *
 * Every bit stays. `f(x) = round(round(x * scale) + shift)` is monotone, because rounding to float32 is, so `f(x) >= t` holds
 * exactly from some float32 `T` on (or, for a negative scale, exactly below it). `T` is found by bisection over the float32
 * numbers with `f` as the reference computes it, so no rounding is overlooked. A negative scale reverses every comparison: the
 * first sign flips once per threshold, and the thresholds change to the opposite order. A zero scale makes the bit constant.
 * Accumulators are integers below 2 ** 24, which are float32 numbers too.
 *
 * The pass keeps an affine that something else reads, and accumulators of too many taps for float32. The promise holds for finite
 * numbers: an infinity may land on the other side of a threshold that is itself infinite, and NaN has no side.
 */
import { packSigns, unpackSigns } from '../graph/bits.ts'
import { type AnyNode, elementCount, type Graph, type GraphTensor, type NodeOf } from '../graph/graph.ts'
import { checkTypedGraph, type TypedGraph } from '../graph/typed-graph.ts'
import { findConsumers } from './consumers.ts'
import { leastFloat } from './least-float.ts'
import { usedTensors } from './remove-unused.ts'

/** One channel of a threshold node. */
export interface ThresholdChannel {
  /** Sorted. */
  readonly thresholds: readonly number[]
  readonly first: number
}

/** A channel that gives the same bits for `x` as `channel` gives for `x * scale + shift`. */
export function mergeAffine({ thresholds, first }: ThresholdChannel, scale: number, shift: number): ThresholdChannel {
  const affine = (x: number): number => Math.fround(Math.fround(x * scale) + shift)
  if (scale === 0) {
    const passed = thresholds.filter((t) => shift >= t).length
    return { thresholds: thresholds.map(() => Number.POSITIVE_INFINITY), first: passed % 2 === 0 ? first : -first }
  }
  if (scale > 0)
    return { thresholds: thresholds.map((t) => leastFloat((x) => affine(x) >= t) ?? Number.POSITIVE_INFINITY), first }
  const turned = thresholds.map((t) => leastFloat((x) => affine(x) < t) ?? Number.POSITIVE_INFINITY)
  return { thresholds: turned.reverse(), first: turned.length % 2 === 0 ? first : -first }
}

/** Nodes with values that float32 may not represent: accumulators of more than 2 ** 24 products. */
function findLongSums({ nodes, tensors }: Graph): Set<string> {
  const found = new Set<string>()
  for (const node of nodes) {
    if (node.op === 'reshape' && found.has(node.inputs[0])) found.add(node.name)
    if (node.op !== 'binaryConv2d' && node.op !== 'binaryConv2dTranspose' && node.op !== 'binaryDense') continue
    const { shape } = tensors.get(node.tensors.weights)!
    if (elementCount(shape) / shape[0] > 2 ** 24) found.add(node.name)
  }
  return found
}

function freshName(graph: Graph, added: ReadonlyMap<string, GraphTensor>, wanted: string): string {
  let name = wanted
  for (let number = 2; graph.tensors.has(name) || added.has(name); number++) name = `${wanted}.${number}`
  return name
}

/** The tensors of the threshold `node` after it has absorbed `affine`. */
function mergedTensors(graph: Graph, affine: AnyNode, node: AnyNode, isInteger: boolean) {
  const [scale, shift] = [affine.tensors.scale, affine.tensors.shift].map((name) => graph.tensors.get(name)!)
  const [thresholds, first] = [node.tensors.thresholds, node.tensors.first].map((name) => graph.tensors.get(name)!)
  const perRow = thresholds.shape[1]
  const signs = unpackSigns(first.data as Uint8Array, first.shape[0])
  const channels = Math.max(scale.shape[0], shift.shape[0], thresholds.shape[0], first.shape[0])
  const at = (list: ArrayLike<number>, channel: number): number => list[list.length === 1 ? 0 : channel]
  const merged = Array.from({ length: channels }, (_, channel) => {
    const row = thresholds.shape[0] === 1 ? 0 : channel
    const own = { thresholds: [...thresholds.data.subarray(row * perRow, (row + 1) * perRow)], first: at(signs, channel) }
    return mergeAffine(own, at(scale.data, channel), at(shift.data, channel))
  })
  const numbers = merged.flatMap((channel) => channel.thresholds.map((t) => (isInteger ? Math.ceil(t) : t) + 0))
  return {
    thresholds: { dtype: 'float32', shape: [channels, perRow], data: Float32Array.from(numbers) },
    first: { dtype: 'bit', shape: [channels], data: packSigns(merged.map((channel) => channel.first)) },
  } as const
}

export interface MergedGraph extends TypedGraph {
  /** Maps each removed affine to a threshold that absorbed it. */
  readonly absorbed: ReadonlyMap<string, string>
}

/**
 * The graph without affines that only thresholds read. Nodes keep their names and their order.
 * @throws GraphError on what is no graph with its types.
 */
export function mergeAffineThresholds(typed: TypedGraph): MergedGraph {
  checkTypedGraph(typed)
  const { graph, types } = typed
  const consumers = findConsumers(graph)
  const longSums = findLongSums(graph)
  const affines = new Map<string, NodeOf<'affine'>>()
  for (const node of graph.nodes) {
    if (node.op !== 'affine' || consumers.isReturned(node.name) || longSums.has(node.inputs[0])) continue
    if (consumers.of(node.name).every(({ op }) => op === 'threshold')) affines.set(node.name, node)
  }
  const added = new Map<string, GraphTensor>()
  const absorbed = new Map<string, string>()
  const merged = graph.nodes.map((node) => {
    const affine = node.op === 'threshold' ? affines.get(node.inputs[0]) : undefined
    if (!affine) return node
    absorbed.set(affine.name, node.name)
    const tensors: Record<string, string> = {}
    const replaced = mergedTensors(graph, affine, node, types.get(affine.inputs[0])!.dtype === 'int32')
    for (const [role, tensor] of Object.entries(replaced)) {
      tensors[role] = freshName(graph, added, `${node.name}.${role}`)
      added.set(tensors[role], tensor)
    }
    return { ...node, inputs: affine.inputs, tensors } as AnyNode
  })
  const nodes = merged.filter(({ name }) => !absorbed.has(name))
  const tensors = usedTensors(nodes, new Map([...graph.tensors, ...added]))
  const left = new Map([...types].filter(([name]) => !absorbed.has(name)))
  return { graph: { ...graph, nodes, tensors }, types: left, absorbed }
}
