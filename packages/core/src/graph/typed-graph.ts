/** A graph with the types of its values. Thus it is validated only once on its way from a file to a program. */
import type { Graph, ValueType } from './graph.ts'
import { inferTypes } from './infer-types.ts'

/** The result of `typeGraph`: a graph that inference has accepted. */
export interface TypedGraph {
  readonly graph: Graph
  /** The type of every graph input and node output, by name. */
  readonly types: ReadonlyMap<string, ValueType>
}

/**
 * The graph with its types. A graph that already has them comes back unchanged.
 * @throws GraphError naming the first node, tensor, input or output that does not fit.
 */
export function typeGraph(graph: Graph | TypedGraph): TypedGraph {
  return typeof graph === 'object' && graph !== null && 'types' in graph ? graph : { graph, types: inferTypes(graph) }
}
