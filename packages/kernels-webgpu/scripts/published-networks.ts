/**
 * Compares every published network and every network of a mini recipe with kernels-wasm, label by label and bit by bit, in Node:
 *
 *     node packages/kernels-webgpu/scripts/run.mjs published-networks [name ...]
 *
 * It writes test/published-networks.json, which is committed. A test repeats a sample of the results. With names, only these
 * networks are compared, and the other results stay.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { adapterMissing, adapterSource as gpu } from '../../../test/adapter.ts'
import { describeAdapter } from '../src/device/adapter.ts'
import { webgpu } from '../src/webgpu-backend.ts'
import { compareWithWasm, graphOf, NETWORKS } from '../test/published-cases.ts'
import type { ComparedNetwork, PublishedNetworks } from '../test/published-networks-result.ts'
import { webgpuVersion } from './engine.ts'

const SEED = 1
/** Number of images for networks with small inputs. Others get one image. */
const IMAGES = 8

if (!gpu) throw new Error(adapterMissing)
const backend = webgpu({ gpu, arithmetic: 'guarded' })
const file = new URL('../test/published-networks.json', import.meta.url)
const known: readonly ComparedNetwork[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).networks : []
const compared = new Map(known.map((network) => [network.name, network]))
const names = process.argv.length > 3 ? process.argv.slice(3) : Object.keys(NETWORKS)

for (const name of names) {
  const graph = await graphOf(name, SEED)
  const [{ shape: input }] = graph.inputs
  const start = performance.now()
  const images = input[0] > 100 ? 1 : IMAGES
  const comparison = await compareWithWasm(backend, graph, { images, seed: SEED })
  const seconds = Math.round((performance.now() - start) / 100) / 10
  const network = { name, input, seed: SEED, ...comparison, seconds }
  console.log(JSON.stringify(network))
  compared.set(name, network)
  const result: PublishedNetworks = {
    command: 'node packages/kernels-webgpu/scripts/run.mjs published-networks',
    engine: `Node ${process.version}, Dawn of webgpu ${webgpuVersion()}`,
    adapter: describeAdapter((await gpu.requestAdapter())!).name,
    arithmetic: 'guarded',
    networks: Object.keys(NETWORKS).flatMap((each) => compared.get(each) ?? []),
  }
  writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`)
}
