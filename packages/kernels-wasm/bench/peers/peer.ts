/** What a rival engine has in common with the others: it runs a graph of real layers on one thread and can be asked for its answer. */
import type { Graph } from '@onebit/core'
import { bind, relativeError } from '../harness.ts'

export interface LoadedPeer {
  /** One run, to be awaited if it is a promise. */
  run(): unknown
  /** The graph's only output, channels last. */
  output(): Promise<Float32Array>
  dispose(): void
}

export interface Peer {
  /** Package, version and number format. */
  readonly name: string
  /** Largest relative error, root mean square, of an answer that counts as right. */
  readonly tolerance: number
  /** @param input Of the graph's only input, one sample, channels last. */
  load(graph: Graph, input: Float32Array): Promise<LoadedPeer>
}

/** Float32 sums in another order. */
export const FLOAT32_TOLERANCE = 1e-5

/** Our own float32 answer, which the tests hold equal to the reference backend's bit for bit. */
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

/** The graph on every peer, each answer compared. */
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
