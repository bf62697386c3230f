/** Stores equal small tensors once, because their entries in the header would outweigh their data. */
import type { AnyNode, Graph, GraphTensor } from '../graph/graph.ts'

/** Tensors of at most this many bytes are shared. Larger ones keep their own names and data. */
const SMALL = 64

/** The same graph without the tensors that no node uses, and with nodes sharing equal small tensors. */
export function shareSmallTensors(graph: Graph): Graph {
  const kept = new Map<string, GraphTensor>()
  const firstOfContent = new Map<string, string>()
  const keep = (name: string): string => {
    const tensor = graph.tensors.get(name)!
    if (tensor.data.byteLength <= SMALL) {
      const bytes = new Uint8Array(tensor.data.buffer, tensor.data.byteOffset, tensor.data.byteLength)
      const content = `${tensor.dtype} ${tensor.shape} ${bytes}`
      const first = firstOfContent.get(content)
      if (first !== undefined) return first
      firstOfContent.set(content, name)
    }
    kept.set(name, tensor)
    return name
  }
  const nodes = graph.nodes.map(
    (node) =>
      ({
        ...node,
        tensors: Object.fromEntries(Object.entries(node.tensors).map(([role, name]) => [role, keep(name)])),
      }) as AnyNode,
  )
  return { ...graph, nodes, tensors: kept }
}
