/** The whole network: one thread against float ResNet-18 on every rival, and two threads against one. */
import { reference } from '@onebit/core'
import { wasm } from '../src/index.ts'
import { resnet18 } from './float/float-networks.ts'
import { type BoundGraph, bind, compareAll, randomFloats, relaxed, same } from './harness.ts'
import { graph, IMAGE } from './network-graph.ts'
import { loadPeers, type Peer } from './peers/peer.ts'
import { report } from './report.ts'

const NAME = 'Real-to-Binary ResNet-18 at 224'

export async function compareNetwork(peers: readonly Peer[], rounds: number): Promise<BoundGraph> {
  const image = randomFloats(IMAGE.reduce((a, b) => a * b, 1))
  const { y: expected } = await (await reference.compile(graph)).run({ image })
  const network = await bind(graph)
  const verify = (): boolean => {
    network.write('image', image)
    network.run()
    return same(network.read('y'), expected)
  }
  const rivals = await loadPeers(peers, resnet18(), image)
  const right = verify()
  const ours = () => network.run()
  const compared = await compareAll({ ours, ...Object.fromEntries(rivals.map(({ name, run }) => [name, run])) }, rounds)
  report(`${NAME}, against float ResNet-18`, compared, { name: 'ours', verified: right && verify() }, rivals)
  for (const rival of rivals) rival.dispose()

  const one = await wasm({ relaxedSimd: relaxed }).compile(graph)
  const two = await wasm({ relaxedSimd: relaxed, threads: 2 }).compile(graph)
  const run = { image }
  const shared = await compareAll({ two: () => two.run(run), 'kernels-wasm, 1 thread': () => one.run(run) }, rounds)
  const verified = two.threads === 2 && same((await two.run(run)).y, expected) && same((await one.run(run)).y, expected)
  report(`${NAME}, 2 threads`, shared, { name: 'two', verified }, [{ name: 'kernels-wasm, 1 thread', verified }])
  one.dispose()
  two.dispose()
  return network
}
