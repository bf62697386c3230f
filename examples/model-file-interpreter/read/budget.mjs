import { elements, spend } from './limits.mjs'

/** Refuses a graph that exceeds the caller's limits. It counts like Onebit. */
export function checkBudget(graph, limits) {
  spend(limits, 'memory', largestMemory(graph))
  spend(limits, 'work', sumOf(graph.nodes, workOf))
}

/** The number of a node's elements, plus the further operations of its op. */
function workOf(node) {
  return elements(node.shape) + node.operation.work(node)
}

/** The largest sum of live values at any node. A value lives until the last node that reads it. */
function largestMemory({ inputs, nodes, outputs }) {
  const kept = new Set(outputs.map(({ value }) => value.name))
  const goesAfter = lastReaders(nodes)
  let alive = sumOf(inputs, bytesOf)
  let largest = alive
  for (const node of nodes) {
    alive += bytesOf(node)
    largest = Math.max(largest, alive)
    for (const value of new Set([node, ...node.inputs])) {
      if (goesAfter.get(value.name) === node.name && !kept.has(value.name)) alive -= bytesOf(value)
    }
  }
  return largest
}

/** For each value, the last node that reads it. If no node reads it, the node that computes it. */
function lastReaders(nodes) {
  const readers = new Map()
  for (const node of nodes) for (const { name } of [node, ...node.inputs]) readers.set(name, node.name)
  return readers
}

function bytesOf({ type, shape }) {
  return elements(shape) * (type === 'bit' ? 1 : 4)
}

function sumOf(list, amount) {
  return list.reduce((sum, item) => sum + amount(item), 0)
}
