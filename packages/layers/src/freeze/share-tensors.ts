/** Tensors of layers that are called more than once: written by every call, stored once. */
import type { AnyNode, Graph, GraphTensor } from '@onebit/core'

/** How the nodes of a second or later call are told from those of the first. */
const CALL = /\.call\d+(?=\.|$)/

function equal(a: GraphTensor, b: GraphTensor): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false
  return a.data.every((value, index) => Object.is(value, b.data[index]))
}

/** The graph with each call's tensors replaced by those of the first call where they are equal, which merged affines need not be. */
export function shareTensors(graph: Graph): Graph {
  const tensors = new Map(graph.tensors)
  const share = (name: string): string => {
    const first = name.replace(CALL, '')
    const [own, other] = [graph.tensors.get(name), graph.tensors.get(first)]
    if (first === name || !own || !other || !equal(own, other)) return name
    tensors.delete(name)
    return first
  }
  const nodes = graph.nodes.map((node) => {
    const roles = Object.entries(node.tensors).map(([role, name]) => [role, share(name)])
    return { ...node, tensors: Object.fromEntries(roles) } as AnyNode
  })
  return { ...graph, nodes, tensors }
}
