/**
 * Removes nodes that no output depends on, and tensors that no node uses. Every bit stays: a value depends on nothing but the
 * node's own inputs and tensors, and those of all that remain remain. Graph inputs stay, because callers give them.
 */
import { checkGraphForm } from '../graph/check-form.ts'
import type { AnyNode, Graph } from '../graph/graph.ts'

/** @throws GraphError on what is no graph. */
export function removeUnused(graph: Graph): Graph {
  checkGraphForm(graph)
  const needed = new Set(graph.outputs.map(({ value }) => value))
  const nodes: AnyNode[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!needed.has(node.name)) continue
    nodes.push(node)
    for (const input of node.inputs) needed.add(input)
  }
  const used = new Set(nodes.flatMap(({ tensors }) => Object.values(tensors)))
  return { ...graph, nodes: nodes.reverse(), tensors: new Map([...graph.tensors].filter(([name]) => used.has(name))) }
}
