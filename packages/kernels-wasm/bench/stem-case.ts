/** Stems in integers: cuts a graph behind its stem, measures the stem's error and verifies the rest of the network. */
import { elementCount, type Graph, inferTypes } from '@onebit/core'
import type { StemArithmetic } from '../src/lower/lowering.ts'
import { type BoundGraph, bind, relativeError, same } from './harness.ts'

/** Largest relative error of a stem's output. The tolerance of int8 is that of int8 rivals. */
export const TOLERANCES: Readonly<Record<Exclude<StemArithmetic, 'float32'>, number>> = { int16: 1e-3, int8: 0.03 }

/** Cuts a graph at a value: the first part returns it as `stem`, the second takes it as an input. */
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
  /** True if the stem's output is within its tolerance of `expected` and the rest gives the exact kernels' bits on that output. */
  verify(): boolean
}

/**
 * @param value Name of the stem's result.
 * @param expected The stem's result in float32.
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
