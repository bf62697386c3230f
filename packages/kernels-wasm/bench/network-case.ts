/**
 * The whole network: one thread against float ResNet-18 on every rival, the same with a stem in integers, and two threads against one.
 */
import { reference } from '@onebit/core'
import { wasm } from '../src/index.ts'
import { resnet18 } from './float/float-networks.ts'
import { type BoundGraph, bind, compareAll, randomFloats, relaxed, same } from './harness.ts'
import { graph, IMAGE, STEM } from './network-graph.ts'
import { loadPeers, type Peer } from './peers/peer.ts'
import { report } from './report.ts'
import { bindWithStem, cutBehind } from './stem-case.ts'

const NAME = 'Real-to-Binary ResNet-18'

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
  report(`${NAME} at 224, against float ResNet-18`, compared, { name: 'ours', verified: right[0] && verify() }, rivals)
  report(
    `${NAME}, int16 stem, against float ResNet-18`,
    compared,
    { name: 'int16', verified: right[1] && int16.verify() },
    rivals,
  )
  report(`${NAME}, int8 stem, against float ResNet-18`, compared, { name: 'int8', verified: right[2] && int8.verify() }, rivals)
  for (const rival of rivals) rival.dispose()

  const one = await wasm({ relaxedSimd: relaxed }).compile(graph)
  const two = await wasm({ relaxedSimd: relaxed, threads: 2 }).compile(graph)
  const run = { image }
  const shared = await compareAll({ two: () => two.run(run), 'kernels-wasm, 1 thread': () => one.run(run) }, rounds)
  const verified = two.threads === 2 && same((await two.run(run)).y, expected) && same((await one.run(run)).y, expected)
  report(`${NAME} at 224, 2 threads`, shared, { name: 'two', verified }, [{ name: 'kernels-wasm, 1 thread', verified }])
  one.dispose()
  two.dispose()
  return network
}
