/**
 * Chooses the number of samples of a batch that run at once. Rows of a layer share the loads of weights, binary rows are counted in
 * pairs, and one kernel call serves all rows. One sample of a dense layer is often a single row, so networks of dense layers run several
 * samples stacked.
 */
import { elementCount, type TypedGraph } from '@onebit/core'
import { batchSamples } from '@onebit/core/compile'
import { channelsOf, rowsOf } from '../program/value.ts'

export interface StackedGraph {
  /** Number of stacked samples. 1 if `typed` is the original graph. */
  readonly samples: number
  readonly typed: TypedGraph
  /** Number of threads that share the work. 1 if there is too little work. */
  readonly threads: number
}

/** Each thread gets this many rows of a dense layer. More are hardly faster and take more memory. */
const ROWS = 16
/** Real products of some 300 microseconds. For less, waking threads and waiting for their answers takes longer than they save. */
const WORTH_SHARING = 2 ** 23
/** This many binary products take as long as a real one. */
const BINARY_SPEED = 16

/**
 * The graph on several samples, then on half as many and so on for the rest of a batch, down to the graph itself. Only the graph itself if
 * it has anything besides dense layers and ops that go row by row, or if the dense layers of one sample have enough rows.
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
