/**
 * Affine then threshold, on accumulators, becomes one threshold on the accumulators. An accumulator is an integer of known
 * range and `fround(fround(x * scale) + shift)` never turns back as x grows, so each threshold has one exact crossing, found
 * by bisection with the very arithmetic it replaces: the bits are the same, rounding included.
 */
import { type AnyNode, elementCount, type Graph, type GraphTensor, type ValueType } from '@onebit/core'
import { bitAt } from '../weights/bit-kernel.ts'
import { type Consumers, findConsumers } from './consumers.ts'

const { fround } = Math

/** Above this not every integer is a float32. */
const EXACT = 2 ** 24

/** The smallest integer in `[-limit, limit]` for which `reached` holds, given that it stays true once true; or Infinity. */
export function firstReached(limit: number, reached: (x: number) => boolean): number {
  if (!reached(limit)) return Number.POSITIVE_INFINITY
  let below = -limit - 1
  let at = limit
  while (at - below > 1) {
    const middle = Math.floor((at + below) / 2)
    if (reached(middle)) at = middle
    else below = middle
  }
  return at
}

/**
 * Thresholds on the accumulator that give the bits of thresholds on `x * scale + shift`, and the new first sign.
 * @param limit Largest accumulator by magnitude.
 */
export function foldChannel(
  scale: number,
  shift: number,
  thresholds: Float32Array,
  first: number,
  limit: number,
): { thresholds: Float32Array; first: number } {
  const value = (x: number): number => fround(fround(x * scale) + shift)
  if (scale >= 0) return { thresholds: thresholds.map((t) => firstReached(limit, (x) => value(x) >= t)).sort(), first }
  // Falling: `value >= t` up to some x, so it is the complement of a threshold at the first x where it fails.
  const folded = thresholds.map((t) => firstReached(limit, (x) => !(value(x) >= t))).sort()
  return { thresholds: folded, first: first ^ (thresholds.length & 1) }
}

function floats(graph: Graph, node: AnyNode, role: string): Float32Array | undefined {
  const tensor = graph.tensors.get(node.tensors[role])
  return tensor?.dtype === 'float32' ? tensor.data : undefined
}

/** The accumulators' bound, if the node makes accumulators: products summed per output. */
function accumulatorLimit(graph: Graph, node: AnyNode | undefined): number {
  if (!node?.op.startsWith('binary')) return Number.POSITIVE_INFINITY
  const { shape } = graph.tensors.get(node.tensors.weights)!
  return elementCount(shape) / shape[0]
}

function fold(graph: Graph, affine: AnyNode, threshold: AnyNode, channels: number, limit: number): GraphTensor[] | undefined {
  const [scale, shift] = [floats(graph, affine, 'scale'), floats(graph, affine, 'shift')]
  const table = graph.tensors.get(threshold.tensors.thresholds)
  const first = graph.tensors.get(threshold.tensors.first)
  if (!scale || !shift || table?.dtype !== 'float32' || first?.dtype !== 'bit') return undefined
  if (![scale, shift].every((values) => values.every(Number.isFinite))) return undefined
  const steps = table.shape[1]
  const data = new Float32Array(channels * steps)
  const signs = new Uint8Array(Math.ceil(channels / 8))
  for (let channel = 0; channel < channels; channel++) {
    const row = table.shape[0] === 1 ? 0 : channel
    const folded = foldChannel(
      scale.length === 1 ? scale[0] : scale[channel],
      shift.length === 1 ? shift[0] : shift[channel],
      table.data.subarray(row * steps, (row + 1) * steps),
      bitAt(first.data, first.shape[0] === 1 ? 0 : channel),
      limit,
    )
    data.set(folded.thresholds, channel * steps)
    signs[channel >> 3] |= folded.first << (channel & 7)
  }
  return [
    { dtype: 'float32', shape: [channels, steps], data },
    { dtype: 'bit', shape: [channels], data: signs },
  ]
}

export interface FoldedGraph {
  readonly graph: Graph
  /** Affines that are gone, with the threshold that took them in. */
  readonly absorbed: ReadonlyMap<string, string>
}

/** Folds every affine on accumulators that feeds one threshold and nothing else. */
export function foldAffineThresholds(graph: Graph, types: ReadonlyMap<string, ValueType>): FoldedGraph {
  const consumers: Consumers = findConsumers(graph)
  const producers = new Map(graph.nodes.map((node) => [node.name, node]))
  const tensors = new Map(graph.tensors)
  const absorbed = new Map<string, string>()
  const replaced = new Map<string, AnyNode>()
  for (const affine of graph.nodes) {
    const threshold = affine.op === 'affine' ? consumers.only(affine.name) : undefined
    if (threshold?.op !== 'threshold') continue
    const limit = accumulatorLimit(graph, producers.get(affine.inputs[0]))
    const channels = types.get(affine.name)!.shape.at(-1) ?? 1
    const folded = limit < EXACT ? fold(graph, affine, threshold, channels, limit) : undefined
    if (!folded) continue
    const names = { thresholds: `${threshold.name}.folded.thresholds`, first: `${threshold.name}.folded.first` }
    tensors.set(names.thresholds, folded[0]).set(names.first, folded[1])
    replaced.set(threshold.name, { ...threshold, inputs: affine.inputs, tensors: names })
    absorbed.set(affine.name, threshold.name)
  }
  const nodes = graph.nodes.filter(({ name }) => !absorbed.has(name)).map((node) => replaced.get(node.name) ?? node)
  return { graph: { ...graph, nodes, tensors }, absorbed }
}
