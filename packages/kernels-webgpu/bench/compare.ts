/**
 * Measures whole networks beside their float twins, in one page of Chromium. It writes bench/results/webgpu.json. With
 * `--networks`, the results of other networks stay.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Graph, readModelFile, writeModel } from '@onebit/core'
import { encodeOnnx, graphToOnnx } from '@onebit/onnx'
import { resnet18 } from '../../kernels-wasm/bench/float/float-networks.ts'
import { CHROMIUM_FLAGS, type ChromiumPage, openChromiumPage } from '../test/chromium-page.ts'
import { graphOf } from '../test/published-cases.ts'
import type { Adapter, ContenderResult, NetworkResult, WebgpuResults } from './results.ts'
import { encodeTflite } from './tflite.ts'

/** Float networks, which LiteRT also runs. They are small, because software adapters take a minute for a large one. */
const FLOAT: Readonly<Record<string, () => Graph>> = { 'float ResNet-18 at 64 x 64': () => resnet18(64) }
const NETWORKS = ['real-to-binary-18', 'react-a', 'quicknet-0.1', 'mini/bi-real', ...Object.keys(FLOAT)]
const SEED = 1
const { values: options } = parseArgs({
  args: process.argv.slice(2),
  options: { rounds: { type: 'string', default: '7' }, networks: { type: 'string', default: NETWORKS.join() } },
})
const rounds = Number(options.rounds)
const names = options.networks.split(',')

const root = new URL('../../../', import.meta.url)
const models = new URL('runs/bench/webgpu/', root)
const fileOf = (name: string, end: string): URL => new URL(`${name.replace(/[/ ]/g, '-')}.${end}`, models)

/** Writes the network and its twin as files, unless they exist. */
async function prepare(name: string): Promise<void> {
  if (existsSync(fileOf(name, 'onnx'))) return
  const isFloat = Object.hasOwn(FLOAT, name)
  const graph = isFloat ? FLOAT[name]() : await graphOf(name, SEED)
  if (isFloat) await writeFile(fileOf(name, 'tflite'), encodeTflite(graph))
  await writeFile(fileOf(name, 'safetensors'), writeModel(graph))
  await writeFile(fileOf(name, 'onnx'), encodeOnnx(graphToOnnx(graph)))
}

const ORT_FILES = ['jsep', 'asyncify'].flatMap((kind) => ['mjs', 'wasm'].map((end) => `ort-wasm-simd-threaded.${kind}.${end}`))
const LITERT = new URL('node_modules/@litertjs/core/', root)

const { version: litertVersion } = JSON.parse(await readFile(new URL('package.json', LITERT), 'utf8'))

/** The runtimes of the rivals and the networks that a page receives. */
async function siteFiles(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {}
  for (const file of ORT_FILES) files[`/ort/${file}`] = await readFile(new URL(`node_modules/onnxruntime-web/dist/${file}`, root))
  for (const file of await readdir(new URL('wasm/', LITERT)))
    files[`/litert/${file}`] = await readFile(new URL(`wasm/${file}`, LITERT))
  for (const file of await readdir(models)) files[`/models/${file}`] = await readFile(new URL(file, models))
  return files
}

async function measure({ page }: ChromiumPage, name: string): Promise<NetworkResult> {
  const [{ shape: input }] = (await readModelFile(fileURLToPath(fileOf(name, 'safetensors')))).inputs
  const [date, load] = [new Date().toISOString(), loadavg()[0]]
  const address = `/models/${name.replace(/[/ ]/g, '-')}`
  const given = JSON.stringify([address, rounds, ...(Object.hasOwn(FLOAT, name) ? [litertVersion] : [])])
  const contenders = (await page.evaluate(`window.bench.compare(...${given})`)) as ContenderResult[]
  const [ours, twin] = contenders.map(({ medianMs }) => medianMs)
  const timesFasterThanTwin = ours > 0 && twin > 0 ? twin / ours : null
  for (const { name: contender, medianMs, medianDeviceMs, difference, passes, error } of contenders) {
    console.log(
      name,
      '|',
      contender,
      '|',
      error ?? `${medianMs.toFixed(1)} ms, device ${medianDeviceMs}, ${passes} passes, difference ${difference}`,
    )
  }
  return { network: name, input, date, load, rounds, contenders, timesFasterThanTwin }
}

await mkdir(models, { recursive: true })
for (const name of names) await prepare(name)
const opened = await openChromiumPage(`import { bench } from './page.ts'; window.bench = bench`, {
  root: fileURLToPath(new URL('./', import.meta.url)),
  files: await siteFiles(),
})
opened.page.setDefaultTimeout(0)
await opened.page.waitForFunction(() => 'bench' in globalThis)
const file = new URL('bench/results/webgpu.json', root)
const known: readonly NetworkResult[] = existsSync(file) ? JSON.parse(await readFile(file, 'utf8')).networks : []
const measured = new Map(known.map((result) => [result.network, result]))
for (const name of names) {
  measured.set(name, await measure(opened, name))
  const results: WebgpuResults = {
    command: `npm run bench -- webgpu --rounds ${rounds}`,
    engine: `Chromium ${opened.version}`,
    flags: CHROMIUM_FLAGS,
    adapter: (await opened.page.evaluate('window.bench.adapter()')) as Adapter,
    machine: { processor: cpus()[0]?.model ?? 'unknown', processors: availableParallelism() },
    networks: NETWORKS.flatMap((each) => measured.get(each) ?? []),
  }
  await writeFile(file, `${JSON.stringify(results, undefined, 2)}\n`)
}
await opened.close()
