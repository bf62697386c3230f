/** Compares the whole network on one thread with float ResNet-18 on every rival, with a float stem and with stems in integers. */
import { reference } from '@onebit/core'
import { resnet18 } from './float/float-networks.ts'
import { type BoundGraph, bind, compareAll, randomFloats, same } from './harness.ts'
import { graph, IMAGE, NETWORK, STEM } from './network-graph.ts'
import { loadPeers, type Peer } from './peers/peer.ts'
import { report } from './report.ts'
import { bindWithStem, cutBehind } from './stem-case.ts'

export async function compareNetwork(peers: readonly Peer[], rounds: number): Promise<BoundGraph> {
  const image = randomFloats(IMAGE.reduce((a, b) => a * b, 1))
  const { y: expected } = await (await reference.compile(graph)).run({ image })
  const { stem: features } = await (await reference.compile(cutBehind(graph, STEM).stem)).run({ image })
  const network = await bind(graph)
  const verify = (): boolean => {
    network.write('image', image)
    network.run()
    return same(network.read('y'), expected)
  }
  const int16 = await bindWithStem(graph, STEM, 'int16', image, features as Float32Array)
  const int8 = await bindWithStem(graph, STEM, 'int8', image, features as Float32Array)
  const rivals = await loadPeers(peers, resnet18(), image)
  const right = [verify(), int16.verify(), int8.verify()]
  const tasks = { ours: () => network.run(), int16: () => int16.network.run(), int8: () => int8.network.run() }
  const compared = await compareAll({ ...tasks, ...Object.fromEntries(rivals.map(({ name, run }) => [name, run])) }, rounds)
  report(`${NETWORK} at 224, against float ResNet-18`, compared, { name: 'ours', verified: right[0] && verify() }, rivals)
  report(
    `${NETWORK}, int16 stem, against float ResNet-18`,
    compared,
    { name: 'int16', verified: right[1] && int16.verify() },
    rivals,
  )
  report(
    `${NETWORK}, int8 stem, against float ResNet-18`,
    compared,
    { name: 'int8', verified: right[2] && int8.verify() },
    rivals,
  )
  for (const rival of rivals) rival.dispose()
  return network
}
