/**
 * Compares ReActNet-A (Liu et al., arXiv 2003.03488), QuickNet (Bannink et al., arXiv 2011.09398) and BNext-T (Guo et al., arXiv
 * 2211.12933) of `@onebit/networks` with MobileNetV2 1.0 in float32, all with random weights. `prepare` draws the weights, freezes the
 * networks and computes the reference backend's answers, which takes minutes. It keeps both in runs/bench, and later runs only compare
 * with them.
 */
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { createRegistry, readModelFile, reference } from '@onebit/core'
import { freeze } from '@onebit/layers'
import networks, { publishedNetwork } from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import * as everyTensorFlow from '@tensorflow/tfjs'
import { mobilenetV2 } from './float/float-networks.ts'
import { bind, compareAll, randomFloats, same } from './harness.ts'
import { floatPeers } from './peers/all-peers.ts'
import { loadPeers } from './peers/peer.ts'
import { finish, report } from './report.ts'

const NETWORKS = { 'ReActNet-A': 'react-a', QuickNet: 'quicknet-medium', 'BNext-T': 'bnext-t' } as const
const folder = new URL('../../../runs/bench/', import.meta.url)
const image = randomFloats(224 * 224 * 3)

const modelFile = (name: string): URL => new URL(`${name}.safetensors`, folder)
const answerFile = (name: string): URL => new URL(`${name}.scores`, folder)

async function prepare(name: string): Promise<void> {
  const registry = createRegistry([quantizers, blocks, networks, classify])
  const model = classifier(registry, publishedNetwork(registry, name))
  await freeze(model).save(fileURLToPath(modelFile(name)))
  const graph = await readModelFile(modelFile(name))
  const { [graph.outputs[0].name]: scores } = await (await reference.compile(graph)).run({ [graph.inputs[0].name]: image })
  await writeFile(answerFile(name), scores as Float32Array)
}

async function compareNetworks(): Promise<void> {
  const rivals = await loadPeers(await floatPeers(), mobilenetV2(), image)
  const own = await Promise.all(
    Object.entries(NETWORKS).map(async ([title, name]) => {
      const graph = await readModelFile(modelFile(name))
      const bytes = await readFile(answerFile(name))
      const expected = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
      const network = await bind(graph)
      const verify = (): boolean => {
        network.write(graph.inputs[0].name, image)
        network.run()
        return same(network.read(graph.outputs[0].name), expected)
      }
      return { title, network, verify, right: verify() }
    }),
  )
  const tasks = [
    ...own.map(({ title, network }) => [title, () => network.run()] as const),
    ...rivals.map(({ name, run }) => [name, run] as const),
  ]
  const compared = await compareAll(Object.fromEntries(tasks), 11)
  for (const { title, verify, right } of own) {
    const name = `${title} at 224, against float MobileNetV2 1.0`
    report(name, compared, { name: title, verified: right && verify() }, rivals)
  }
  finish()
}

await mkdir(folder, { recursive: true })
if (process.argv.includes('prepare')) {
  await everyTensorFlow.setBackend('cpu')
  for (const name of Object.values(NETWORKS)) if (!existsSync(answerFile(name))) await prepare(name)
} else {
  await compareNetworks()
}
