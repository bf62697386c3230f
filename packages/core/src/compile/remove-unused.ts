/**
 * Removes nodes that no output depends on, and tensors that no node uses. Every bit stays, because a value depends only on its node's
 * inputs and tensors, and these remain for every remaining node. Graph inputs stay, because callers give them.
 */
import { checkGraphForm } from '../graph/check-form.ts'
import type { AnyNode, Graph, GraphTensor } from '../graph/graph.ts'

/** The tensors that nodes use. */
export function usedTensors(
  nodes: readonly AnyNode[],
  tensors: ReadonlyMap<string, GraphTensor>,
): ReadonlyMap<string, GraphTensor> {
  const used = new Set(nodes.flatMap((node) => Object.values(node.tensors)))
  return new Map([...tensors].filter(([name]) => used.has(name)))
}

/** @throws GraphError if `graph` is not a graph. */
export function removeUnused(graph: Graph): Graph {
  checkGraphForm(graph)
  const needed = new Set(graph.outputs.map(({ value }) => value))
  const nodes: AnyNode[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!needed.has(node.name)) continue
    nodes.push(node)
    for (const input of node.inputs) needed.add(input)
  }
  nodes.reverse()
  return { ...graph, nodes, tensors: usedTensors(nodes, graph.tensors) }
}
