/** Tensors of layers that are called more than once: every call writes them, and the file stores them once. */
import type { AnyNode, Graph, GraphTensor } from '@onebit/core'

function equal(a: GraphTensor, b: GraphTensor): boolean {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false
  return a.data.every((value, index) => Object.is(value, b.data[index]))
}

/** The name in the first call of a tensor from a further call. */
function nameInFirst(name: string, repeats: ReadonlyMap<string, string>): string | undefined {
  for (let end = name.lastIndexOf('.'); end > 0; end = name.lastIndexOf('.', end - 1)) {
    const first = repeats.get(name.slice(0, end))
    if (first !== undefined) return first + name.slice(end)
  }
  return undefined
}

/**
 * Replaces the tensors of each further call by those of the first call if they are equal. Merged affines may differ.
 * @param repeats Maps names of further calls to those of first calls.
 */
export function shareTensors(graph: Graph, repeats: ReadonlyMap<string, string>): Graph {
  const tensors = new Map(graph.tensors)
  const share = (name: string): string => {
    const first = nameInFirst(name, repeats)
    const [own, other] = [graph.tensors.get(name), graph.tensors.get(first ?? '')]
    if (first === undefined || !own || !other || !equal(own, other)) return name
    tensors.delete(name)
    return first
  }
  const nodes = graph.nodes.map((node) => {
    const roles = Object.entries(node.tensors).map(([role, name]) => [role, share(name)])
    return { ...node, tensors: Object.fromEntries(roles) } as AnyNode
  })
  return { ...graph, nodes, tensors }
}
