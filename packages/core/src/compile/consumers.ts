/** Readers of each value of a graph. */
import { checkGraphForm } from '../graph/check-form.ts'
import type { AnyNode, Graph } from '../graph/graph.ts'

export interface Consumers {
  /** Nodes that read the value, in order, one entry a node. */
  of(value: string): readonly AnyNode[]
  /** The one node that reads the value, if there is exactly one and `run` does not return the value. */
  only(value: string): AnyNode | undefined
  /** True if `run` returns the value. */
  isReturned(value: string): boolean
}

/** @throws GraphError on what is no graph. */
export function findConsumers(graph: Graph): Consumers {
  checkGraphForm(graph)
  const readers = new Map<string, AnyNode[]>()
  for (const node of graph.nodes) {
    for (const value of new Set(node.inputs)) {
      const list = readers.get(value)
      if (list) list.push(node)
      else readers.set(value, [node])
    }
  }
  const returned = new Set(graph.outputs.map(({ value }) => value))
  const of = (value: string): readonly AnyNode[] => readers.get(value) ?? []
  const isReturned = (value: string): boolean => returned.has(value)
  return { of, isReturned, only: (value) => (of(value).length === 1 && !isReturned(value) ? of(value)[0] : undefined) }
}
