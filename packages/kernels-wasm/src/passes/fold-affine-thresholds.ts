/**
 * Runs core's merging of affines into the thresholds behind them, and remembers which affine went where, for `explain`. The merge
 * keeps every bit; an accumulator then meets one integer threshold.
 */
import { type Graph, mergeAffineThreshold } from '@onebit/core'

export interface FoldedGraph {
  readonly graph: Graph
  /** Affines that are gone, with a threshold that took them in. */
  readonly absorbed: ReadonlyMap<string, string>
}

export function foldAffineThresholds(graph: Graph): FoldedGraph {
  const merged = mergeAffineThreshold(graph)
  const after = new Map(merged.nodes.map((node) => [node.name, node]))
  const absorbed = new Map<string, string>()
  for (const { name, inputs } of graph.nodes) {
    const folded = after.get(name)
    if (folded?.op === 'threshold' && folded.inputs[0] !== inputs[0]) absorbed.set(inputs[0], name)
  }
  const nodes = graph.nodes.filter(({ name }) => !absorbed.has(name)).map((node) => after.get(node.name) ?? node)
  return { graph: { ...graph, nodes, tensors: new Map([...graph.tensors, ...merged.tensors]) }, absorbed }
}
