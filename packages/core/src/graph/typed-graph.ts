/** A graph with the types of its values. Thus it is validated only once on its way from a file to a program. */
import { GraphError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { tagOf } from '../platform/realms.ts'
import { checkGraphForm } from './check-form.ts'
import type { Graph, ValueType } from './graph.ts'
import { inferTypes } from './infer-types.ts'

/** The result of `typeGraph`: a graph that inference has accepted. */
export interface TypedGraph {
  readonly graph: Graph
  /** The type of every graph input and node output, by name. */
  readonly types: ReadonlyMap<string, ValueType>
}

/** @throws GraphError unless it is a graph in which every value has a type. */
export function checkTypedGraph(typed: TypedGraph): void {
  const { graph, types } = (typeof typed === 'object' && typed !== null ? typed : {}) as Partial<TypedGraph>
  checkGraphForm(graph as Graph)
  const values = [...graph!.inputs, ...graph!.nodes].map(({ name }) => name)
  const isMap = tagOf(types) === 'Map'
  const untyped = isMap ? values.find((name) => !types!.has(name)) : ''
  if (untyped === undefined) return
  throw new GraphError({
    what: isMap ? `The value '${untyped}' has no type.` : 'The graph comes without types.',
    expected: '{ graph, types }, with the type of every value',
    received: describeValue(types),
    fix: 'Let typeGraph(graph) infer them.',
  })
}

/**
 * The graph with its types. A graph that already has them comes back unchanged.
 * @throws GraphError naming the first node, tensor, input or output that does not fit.
 */
export function typeGraph(graph: Graph | TypedGraph): TypedGraph {
  if (typeof graph !== 'object' || graph === null || !('types' in graph)) return { graph, types: inferTypes(graph) }
  checkTypedGraph(graph)
  return graph
}
