/**
 * How many samples of a batch run at once. Rows of a layer share the loads of weights, binary ones are counted in pairs, and kernels are called
 * once for all. So networks of dense layers, of which one sample alone is often one row, run several samples stacked.
 */
import { elementCount, type TypedGraph } from '@onebit/core'
import { batchSamples } from '@onebit/core/compile'
import { channelsOf, rowsOf } from '../program/value.ts'

export interface StackedGraph {
  /** How many; one where `typed` is the graph as it was. */
  readonly samples: number
  readonly typed: TypedGraph
  /** How many share the work: one where there is too little. */
  readonly threads: number
}

/** Rows of a dense layer that each thread gets. More are hardly faster and take more memory. */
const ROWS = 16
/** Real products that take some 300 microseconds: waking threads for less, and waiting for their answers, takes longer than they spare. */
const WORTH_SHARING = 2 ** 23
/** Binary products that take as long as a real one. */
const BINARY_SPEED = 16

/**
 * The graph on several samples, on half as many and so on, for what is left of a batch, down to the graph itself. Only itself where it is
 * more than dense layers and what goes row by row, or where the dense layers of one sample have rows enough.
 */
export function chooseBatches(typed: TypedGraph, threads: number): StackedGraph[] {
  const { graph, types } = typed
  let rows = 0
  let work = 0
  for (const { op, name, inputs } of graph.nodes) {
    if (op !== 'dense' && op !== 'binaryDense') continue
    const products = elementCount(types.get(name)!.shape) * channelsOf(types.get(inputs[0])!)
    rows = Math.max(rows, rowsOf(types.get(name)!))
    work += op === 'dense' ? products : products / BINARY_SPEED
  }
  const stacked: StackedGraph[] = []
  for (let samples = rows && Math.floor((ROWS * threads) / rows); samples > 1; samples >>= 1) {
    const batched = batchSamples(typed, samples)
    if (!batched) break
    stacked.push({ samples, typed: batched, threads: samples * work < WORTH_SHARING ? 1 : threads })
  }
  const little = stacked.length > 0 && work < WORTH_SHARING
  return [...stacked, { samples: 1, typed, threads: little ? 1 : threads }]
}
