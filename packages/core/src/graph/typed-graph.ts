/** A graph together with the types of its values, so that it is validated once on its way from a file to a program. */
import type { Graph, ValueType } from './graph.ts'
import { inferTypes } from './infer-types.ts'

/** What `typeGraph` gives: a graph that inference has accepted. */
export interface TypedGraph {
  readonly graph: Graph
  /** The type of every graph input and node output, by name. */
  readonly types: ReadonlyMap<string, ValueType>
}

/**
 * The graph with its types; one that has them already is given back as it is.
 * @throws GraphError naming the first node, tensor, input or output that does not fit.
 */
export function typeGraph(graph: Graph | TypedGraph): TypedGraph {
  return typeof graph === 'object' && graph !== null && 'types' in graph ? graph : { graph, types: inferTypes(graph) }
}
