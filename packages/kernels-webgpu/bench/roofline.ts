/**
 * The least time of a network's kernels on a GPU, from counts alone: the bytes that each kernel must move once, divided by the
 * memory's bandwidth, and its operations, divided by the rates of the units. Launches, caches and waiting are left out.
 */
import { type AnyNode, costOf, type Graph, typeGraph } from '@onebit/core'
import { table } from '../../../test/markdown-table.ts'
import { compileProgram } from '../src/compile/compile-program.ts'
import { TILES_BY_RULE } from '../src/kernels/choose-tile.ts'
import type { Dispatch } from '../src/program/program.ts'
import { GPUS, type Gpu } from './gpus.ts'

/** Kernels of one kind and size. */
export interface Counts {
  readonly layer: string
  readonly kernels: number
  /** Values and constants that the kernels read and write, each once. */
  readonly bytes: number
  /** Pairs of words: an exclusive or, a population count and a sum each. */
  readonly words: number
  /** Real products, with a sum each. */
  readonly products: number
}

function bytesOf({ resources }: Dispatch): number {
  return resources.reduce((sum, each) => sum + (each.kind === 'buffer' ? 4 * each.words : each.data.byteLength), 0)
}

/** Real dense layers are small, so they count together. */
function describeLayer({ op, tensors }: AnyNode, graph: Graph, output: readonly number[]): string {
  return op === 'dense' ? 'dense' : `${op} ${graph.tensors.get(tensors.weights)!.shape.join('x')} to ${output.join('x')}`
}

/** Counts of one sample: a row for each kind of layer in the order of first use. */
export function countsOf(graph: Graph): Counts[] {
  const typed = typeGraph(graph)
  const arithmetic = { fusesProducts: true }
  const { dispatches } = compileProgram(typed, { arithmetic, tiles: TILES_BY_RULE })
  const costs = new Map(costOf(graph).nodes.map((cost, index) => [graph.nodes[index].name, cost]))
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]))
  const rows = new Map<string, { -readonly [Key in keyof Counts]: Counts[Key] }>()
  const counted = new Set<string>()
  for (const dispatch of dispatches) {
    const node = nodes.get(dispatch.node)!
    const { macs } = costs.get(node.name)!
    const layer = macs.binary + macs.real > 0 ? describeLayer(node, graph, typed.types.get(node.name)!.shape) : 'other kernels'
    const row = rows.get(layer) ?? { layer, kernels: 0, bytes: 0, words: 0, products: 0 }
    rows.set(layer, row)
    row.kernels++
    row.bytes += bytesOf(dispatch)
    // Several passes of one layer share its products.
    if (counted.has(node.name)) continue
    counted.add(node.name)
    row.words += macs.binary / 32
    row.products += macs.real
  }
  return [...rows.values()].sort((a, b) => Number(a.layer === 'other kernels') - Number(b.layer === 'other kernels'))
}

export interface Least {
  readonly seconds: number
  readonly boundBy: 'memory' | 'population counts' | 'integers' | 'floats'
}

/** The slowest roof. An exclusive or keeps each product from being fused with its sum: three operations on two units. */
export function leastTime({ bytes, words, products }: Counts, { bandwidth, rates }: Gpu): Least {
  const roofs: Least[] = [{ seconds: bytes / bandwidth, boundBy: 'memory' }]
  if (rates) {
    roofs.push({ seconds: words / rates.popcounts, boundBy: 'population counts' })
    roofs.push({ seconds: (2 * words + products) / rates.integers, boundBy: 'integers' })
    roofs.push({ seconds: (2 * products) / rates.floats, boundBy: 'floats' })
  }
  return roofs.reduce((slowest, roof) => (roof.seconds > slowest.seconds ? roof : slowest))
}

function format(value: number): string {
  if (value === 0) return '0'
  if (value >= 100) return value.toFixed(0)
  return value >= 1 ? value.toFixed(1) : value.toPrecision(1)
}

function cell(least: Least, { rates }: Gpu): string {
  return `${format(1e6 * least.seconds)} µs${rates && least.boundBy !== 'memory' ? `, ${least.boundBy}` : ''}`
}

/** A table in Markdown: a row per kind of layer, a column per GPU, and the whole network at the end. */
export function rooflineTable(counts: readonly Counts[]): string {
  const total = counts.reduce((sum, { kernels, bytes, words, products }) => ({
    ...{ layer: 'all', kernels: sum.kernels + kernels, bytes: sum.bytes + bytes },
    ...{ words: sum.words + words, products: sum.products + products },
  }))
  const row = ({ layer, kernels, bytes, words, products }: Counts, cells: readonly string[]): string[] => [
    ...[layer, `${kernels}`, format(bytes / 1e3), format(words / 1e6), format(products / 1e6)],
    ...cells,
  ]
  const whole = GPUS.map((gpu) => counts.reduce((sum, each) => sum + leastTime(each, gpu).seconds, 0))
  const head = ['layer', 'kernels', 'KB', 'M pairs of words', 'M real products', ...GPUS.map(({ name }) => name)]
  const layers = counts.map((each) => {
    const times = GPUS.map((gpu) => cell(leastTime(each, gpu), gpu))
    return row(each, times)
  })
  const sums = whole.map((seconds) => `**${format(1e6 * seconds)} µs**`)
  return table(head, [...layers, row(total, sums)], 'right')
}
