/**
 * Checks the numbers of a model. No float is NaN, only thresholds are infinite, and thresholds are sorted. The pad bits of packed bits
 * are 0, because kernels count whole bytes.
 */
import type { ErrorParts } from '../errors.ts'
import { elementCount, type Graph, type GraphTensor } from '../graph/graph.ts'

/** A tensor with refused values, and the reason. */
export interface BadValues extends ErrorParts {
  readonly tensor: string
}

function badFloat(name: string, data: Float32Array, mayBeInfinite: boolean): BadValues | undefined {
  let index = 0
  // A plain loop, because a call for each of millions of values is slow until the engine has optimized it.
  while (index < data.length && (mayBeInfinite ? !Number.isNaN(data[index]) : Number.isFinite(data[index]))) index++
  if (index === data.length) return undefined
  return {
    tensor: name,
    what: `tensor '${name}' holds ${data[index]} at index ${index}.`,
    expected: mayBeInfinite ? 'no NaN' : 'finite numbers',
    fix: 'Train again, or freeze an earlier checkpoint.',
  }
}

function badOrder(name: string, { shape, data }: GraphTensor): BadValues | undefined {
  const perRow = shape.at(-1)!
  const index = data.findIndex((value, i) => i % perRow > 0 && value < data[i - 1])
  if (index < 0) return undefined
  return {
    tensor: name,
    what: `tensor '${name}' has unsorted thresholds.`,
    expected: 'ascending numbers in each row',
    received: `${data[index - 1]}, then ${data[index]}, in row ${Math.floor(index / perRow)}`,
  }
}

function badPadding(name: string, { shape, data }: GraphTensor): BadValues | undefined {
  const used = elementCount(shape) % 8
  if (used === 0 || data[data.length - 1] >> used === 0) return undefined
  return { tensor: name, what: `tensor '${name}' has pad bits that are not 0.`, fix: 'Pack it with `packSigns`.' }
}

/** The first tensor with refused values in a valid graph. */
export function findBadValues(graph: Pick<Graph, 'nodes' | 'tensors'>): BadValues | undefined {
  const thresholds = new Set(graph.nodes.flatMap((node) => (node.op === 'threshold' ? [node.tensors.thresholds] : [])))
  const elsewhere = new Set(
    graph.nodes.flatMap((node) => Object.values(node.op === 'threshold' ? { first: node.tensors.first } : node.tensors)),
  )
  for (const [name, tensor] of graph.tensors) {
    const bad =
      tensor.dtype === 'bit'
        ? badPadding(name, tensor)
        : (badFloat(name, tensor.data, thresholds.has(name) && !elsewhere.has(name)) ??
          (thresholds.has(name) ? badOrder(name, tensor) : undefined))
    if (bad) return bad
  }
  return undefined
}
