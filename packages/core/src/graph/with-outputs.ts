import { checkArgument } from '../options/check-options.ts'
import { list, text } from '../options/value-rules.ts'
import { checkGraphForm } from './check-form.ts'
import type { Graph } from './graph.ts'

/** The same graph with more values returned by `run`, each under its own name. Bit values come back as an Int8Array of +-1. */
export function withOutputs(graph: Graph, values: readonly string[]): Graph {
  checkGraphForm(graph)
  checkArgument('withOutputs()', 'values', values, list(text))
  return { ...graph, outputs: [...graph.outputs, ...values.map((value) => ({ name: value, value }))] }
}
