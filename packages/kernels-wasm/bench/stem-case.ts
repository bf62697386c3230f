/** Stems in integers: their parts of a graph, their errors, and whether what follows them computes what it should. */
import { elementCount, type Graph, inferTypes } from '@onebit/core'
import type { StemArithmetic } from '../src/lower/lowering.ts'
import { type BoundGraph, bind, relativeError, same } from './harness.ts'

/** The largest error of a stem's output relative to the real one's; that of int8 is what int8 rivals are allowed. */
export const TOLERANCES: Readonly<Record<Exclude<StemArithmetic, 'float32'>, number>> = { int16: 1e-3, int8: 0.03 }

/** The graph up to a value, which it returns as `stem`, and the graph from there, which is given it. */
export function cutBehind(graph: Graph, value: string): { stem: Graph; rest: Graph } {
  const first = graph.nodes.findIndex(({ name }) => name === value) + 1
  const { shape } = inferTypes(graph).get(value)!
  return {
    stem: { ...graph, nodes: graph.nodes.slice(0, first), outputs: [{ name: 'stem', value }] },
    rest: { ...graph, nodes: graph.nodes.slice(first), inputs: [{ name: value, shape }] },
  }
}

export interface CheckedNetwork {
  readonly network: BoundGraph
  /** Whether the stem's output is within its tolerance of `expected`, and the rest equals the exact kernels' on that output. */
  verify(): boolean
}

/**
 * @param value What the stem leaves.
 * @param expected What it would be in float32.
 */
export async function bindWithStem(
  graph: Graph,
  value: string,
  arithmetic: keyof typeof TOLERANCES,
  image: Float32Array,
  expected: Float32Array,
): Promise<CheckedNetwork> {
  const parts = cutBehind(graph, value)
  const [network, stem, rest] = [await bind(graph, arithmetic), await bind(parts.stem, arithmetic), await bind(parts.rest)]
  const [input] = graph.inputs
  const [output] = graph.outputs
  return {
    network,
    verify: () => {
      for (const part of [network, stem]) {
        part.write(input.name, image.subarray(0, elementCount(input.shape)))
        part.run()
      }
      const features = stem.read('stem') as Float32Array
      rest.write(value, features)
      rest.run()
      return (
        relativeError(features, expected) <= TOLERANCES[arithmetic] && same(network.read(output.name), rest.read(output.name))
      )
    },
  }
}
