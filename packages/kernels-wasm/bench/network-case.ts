/** The whole network: one thread against TensorFlow.js, and two threads against one. */
import { reference } from '@onebit/core'
import { wasm } from '../src/index.ts'
import { type BoundGraph, bind, type Comparison, compare, randomFloats, relaxed, same, tf } from './harness.ts'
import { floatResNet, graph, IMAGE } from './network-graph.ts'

export interface NetworkResult extends Comparison {
  /** Whether every output is the reference backend's, bit for bit. */
  readonly verified: boolean
}

export interface NetworkResults {
  readonly network: BoundGraph
  readonly oneThread: NetworkResult
  readonly twoThreads: NetworkResult
}

export async function compareNetwork(rounds: number): Promise<NetworkResults> {
  const image = randomFloats(224 * 224 * 3)
  const { y: expected } = await (await reference.compile(graph)).run({ image })
  const network = await bind(graph)
  network.write('image', image)
  network.run()
  const float = floatResNet()
  const tensor = tf.tensor4d(image, [1, ...IMAGE])
  const theirs = (): void => float(tensor).dispose()
  const single = await compare(() => network.run(), theirs, rounds)
  network.write('image', image)
  network.run()
  const oneThread = { ...single, verified: same(network.read('y'), expected) }

  const one = await wasm({ relaxedSimd: relaxed }).compile(graph)
  const two = await wasm({ relaxedSimd: relaxed, threads: 2 }).compile(graph)
  const run = { image }
  const shared = await compare(
    () => two.run(run),
    () => one.run(run),
    rounds,
  )
  const verified = two.threads === 2 && same((await two.run(run)).y, expected) && same((await one.run(run)).y, expected)
  one.dispose()
  two.dispose()
  return { network, oneThread, twoThreads: { ...shared, verified } }
}
