/**
 * Compares thousands of random graphs with the reference, in Node and in Chromium:
 *
 *     node packages/kernels-webgpu/scripts/run.mjs random-graphs [graphs on each, default 1600]
 *
 * It takes some ten minutes on an idle machine. It writes test/random-graphs.json, which is committed. A test repeats a sample of
 * the results. A graph depends on its seed alone.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defaultSeed } from '@onebit/testkit/random'
import { adapterMissing, adapterSource as gpu } from '../../../test/adapter.ts'
import { describeAdapter } from '../src/device/adapter.ts'
import { webgpu } from '../src/webgpu-backend.ts'
import { openChromiumPage } from '../test/chromium-page.ts'
import { type Comparison, compareGraphs } from '../test/random-cases.ts'
import type { RandomGraphs } from '../test/random-graphs-result.ts'
import { webgpuVersion } from './engine.ts'

/** Graphs per call. Progress is written after each call. */
const CHUNK = 50

const PAGE = `
import { webgpu } from '@onebit/kernels-webgpu'
import { describeAdapter } from './packages/kernels-webgpu/src/device/adapter.ts'
import { compareGraphs } from './packages/kernels-webgpu/test/random-cases.ts'

const backends = { plain: webgpu({ arithmetic: 'plain' }), guarded: webgpu({ arithmetic: 'guarded' }) }
window.adapter = async () => describeAdapter(await navigator.gpu.requestAdapter()).name
window.compareGraphs = (arithmetic, seed, count) => compareGraphs(backends[arithmetic], seed, count)
`

interface Place {
  readonly engine: string
  readonly adapter: string
  compare(arithmetic: 'plain' | 'guarded', seed: number, count: number): Promise<Comparison>
  close(): Promise<void>
}

async function openNode(): Promise<Place> {
  if (!gpu) throw new Error(adapterMissing)
  const backends = { plain: webgpu({ gpu, arithmetic: 'plain' }), guarded: webgpu({ gpu, arithmetic: 'guarded' }) }
  return {
    engine: `Node ${process.version}, Dawn of webgpu ${webgpuVersion()}`,
    adapter: describeAdapter((await gpu.requestAdapter())!).name,
    compare: (arithmetic, seed, count) => compareGraphs(backends[arithmetic], seed, count),
    close: async () => {},
  }
}

async function openChromium(): Promise<Place> {
  const { page, version, close } = await openChromiumPage(PAGE, { root: fileURLToPath(new URL('../../../', import.meta.url)) })
  await page.waitForFunction('window.compareGraphs')
  return {
    engine: `Chromium ${version}`,
    adapter: await page.evaluate('window.adapter()'),
    compare: (...given) => page.evaluate(`window.compareGraphs(...${JSON.stringify(given)})`),
    close,
  }
}

const graphs = Number(process.argv[3] ?? 1600)
const file = new URL('../test/random-graphs.json', import.meta.url)
const result: { command: string; parts: RandomGraphs['parts'][number][] } = {
  command: `node packages/kernels-webgpu/scripts/run.mjs random-graphs ${graphs}`,
  parts: [],
}
let seed = defaultSeed()

for (const open of [openNode, openChromium]) {
  const { engine, adapter, compare, close } = await open()
  for (const arithmetic of ['plain', 'guarded'] as const) {
    const part = { engine, adapter, arithmetic, seed, graphs: 0, equal: 0, leftOut: 0 }
    result.parts.push(part)
    while (part.graphs < graphs / 2) {
      const count = Math.min(CHUNK, graphs / 2 - part.graphs)
      const { compared, leftOut, difference } = await compare(arithmetic, seed + part.graphs, count)
      if (difference) throw new Error(`${engine}, ${arithmetic}: ${difference}`)
      part.graphs += count
      part.equal += compared
      part.leftOut += leftOut
      writeFileSync(file, `${JSON.stringify(result, undefined, 2)}\n`)
      console.log(engine, arithmetic, part.equal, 'equal,', part.leftOut, 'left out')
    }
    seed += part.graphs
  }
  await close()
}
console.log(readFileSync(file, 'utf8'))
