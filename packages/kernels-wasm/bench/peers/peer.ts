/** The common interface of rival engines: they run a graph of real layers on one thread and return its output. */
import type { Graph } from '@onebit/core'
import { bind, relativeError } from '../harness.ts'

export interface LoadedPeer {
  /** Runs once. Await the result if it is a promise. */
  run(): unknown
  /** The graph's only output, channels last. */
  output(): Promise<Float32Array>
  dispose(): void
}

export interface Peer {
  /** Package, version and number format. */
  readonly name: string
  /** Largest relative root mean square error of a right answer. */
  readonly tolerance: number
  /** @param input One sample for the graph's only input, channels last. */
  load(graph: Graph, input: Float32Array): Promise<LoadedPeer>
}

/** Tolerance for float32 sums in another order. */
export const FLOAT32_TOLERANCE = 1e-5

/** Our own float32 answer. Tests show that it equals the reference backend's bit for bit. */
export async function expectedOutput(graph: Graph, input: Float32Array): Promise<Float32Array> {
  const bound = await bind(graph)
  bound.write(graph.inputs[0].name, input)
  bound.run()
  return bound.read(graph.outputs[0].name) as Float32Array
}

export interface VerifiedPeer extends LoadedPeer {
  readonly name: string
  readonly verified: boolean
}

/** Loads the graph on every peer and compares each answer. */
export async function loadPeers(peers: readonly Peer[], graph: Graph, input: Float32Array): Promise<VerifiedPeer[]> {
  const expected = await expectedOutput(graph, input)
  const loaded: VerifiedPeer[] = []
  for (const { name, tolerance, load } of peers) {
    const network = await load(graph, input)
    const verified = relativeError(await network.output(), expected) <= tolerance
    loaded.push({ ...network, name, verified })
  }
  return loaded
}
