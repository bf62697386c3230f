/** Peak memory of values, if each is freed after its last use. */
import type { Graph, ValueType } from '../graph/graph.ts'
import { valueBytes } from './node-cost.ts'

/**
 * The largest sum of bytes while any node has its inputs and its output. Graph outputs stay.
 * @param bytesOf Bytes of a value. By default with packed bits.
 */
export function peakActivationBytes(graph: Graph, types: ReadonlyMap<string, ValueType>, bytesOf = valueBytes): number {
  const lastUse = new Map<string, number>()
  for (const [index, { name, inputs }] of graph.nodes.entries()) {
    for (const value of [name, ...inputs]) lastUse.set(value, index)
  }
  for (const { value } of graph.outputs) lastUse.set(value, graph.nodes.length)

  let alive = graph.inputs.reduce((bytes, { name }) => bytes + bytesOf(types.get(name)!), 0)
  let peak = alive
  for (const [index, { name, inputs }] of graph.nodes.entries()) {
    alive += bytesOf(types.get(name)!)
    peak = Math.max(peak, alive)
    for (const value of new Set([name, ...inputs])) {
      if (lastUse.get(value) === index) alive -= bytesOf(types.get(value)!)
    }
  }
  return peak
}
