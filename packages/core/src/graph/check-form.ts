/**
 * Checks the form of a graph, because a program may hand in anything. Type inference then checks the meaning.
 */

import { GraphError } from '../errors.ts'
import { describeValue } from '../options/describe-value.ts'
import { anything, integer, list, object, oneOf, record, text, type ValueRule } from '../options/value-rules.ts'
import { tagOf } from '../platform/realms.ts'
import type { Graph } from './graph.ts'

const named = (name: string, rule: ValueRule): ValueRule => object({ [name]: rule, name: text })
const node = object({ name: text, op: text, inputs: list(text), attributes: record(anything), tensors: record(text) })
const parts = object({
  inputs: list(named('shape', list(anything))),
  nodes: list(node),
  outputs: list(named('value', text)),
  metadata: record(text),
})
/** `data` may be a stand-in with only a length, because a reader infers types before it copies numbers. */
const tensor = object({
  dtype: oneOf(['float32', 'bit']),
  shape: list(anything),
  data: object({ length: integer({ minimum: 0 }) }),
})

/** @throws GraphError naming the part of the tensor that is missing or of another type. */
export function checkTensorForm(name: string, given: unknown): void {
  const fault = tensor(given)
  if (!fault) return
  const what = `Tensor ${describeValue(name)} has no proper '${fault.at}'.`
  throw new GraphError({ what, expected: fault.expected, received: fault.received })
}

/** @throws GraphError naming the part that is missing or of another type. */
export function checkGraphForm(graph: Graph): void {
  const fault = parts(graph)
  if (fault) {
    const what = fault.at === '' ? 'This is not a graph.' : `The graph has no proper '${fault.at}'.`
    throw new GraphError({ what, expected: fault.expected, received: fault.received, fix: 'Build graphs with GraphBuilder.' })
  }
  if (tagOf(graph.tensors) !== 'Map') {
    const received = describeValue(graph.tensors)
    throw new GraphError({ what: "The graph has no proper 'tensors'.", expected: 'a Map from names to tensors', received })
  }
  for (const [name, entry] of graph.tensors) checkTensorForm(name, entry)
}
