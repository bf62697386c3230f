/** A CommonJS bundle does not know its own URL. It still starts, and a typed error asks for each file that it cannot find. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const SCRIPT = `
import { GraphBuilder, OnebitError } from '@onebit/core'
import { batches, fashionMnist, imageBatches } from '@onebit/data'
import { wasm } from '@onebit/kernels-wasm'
import { trainStages } from '@onebit/train'

const builder = new GraphBuilder()
builder.output('y', builder.node('toFloat', { inputs: [builder.input('x', [2])] }))
const graph = builder.build()
const files = { files: ['a.jpg'], annotations: Int32Array.of(0), ignored: [] }
const set = { images: new Uint8Array(4), annotations: new Uint8Array(1), count: 1, shape: [2, 2, 1], normalization: { mean: 0, standardDeviation: 1 } }
const module = require('node:fs').readFileSync(process.argv[2])

async function outcome(call) {
  try {
    return String(await call())
  } catch (error) {
    return (OnebitError.isInstance(error) ? '' : 'raw ') + error.name + ': ' + error.message
  }
}

async function main() {
  const run = async (options) => {
    const executable = await wasm(options).compile(graph)
    return (await executable.run({ x: Float32Array.of(1, 2) })).y
  }
  console.log(JSON.stringify({
    train: typeof trainStages,
    batches: await outcome(() => [...batches(set, { batchSize: 1 })].length),
    embedded: await outcome(() => fashionMnist()),
    decoding: await outcome(() => imageBatches(files, { batchSize: 1, size: 8 })),
    kernels: await outcome(() => run()),
    given: await outcome(() => run({ module })),
    threads: await outcome(() => run({ module: require('node:fs').readFileSync(process.argv[3]), threads: 2 })),
  }))
}
void main()
`

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-commonjs-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('starts, and names missing files', async () => {
  const bundle = join(folder, 'bundle.cjs')
  await build({
    stdin: { contents: SCRIPT, resolveDir: join(root, 'packages/cli/src'), loader: 'ts' },
    outfile: bundle,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    conditions: ['@onebit/source'],
    external: ['@tensorflow/*', '@onebit/tfjs-wasm-training', 'sharp', 'webgpu'],
    // The test is about exactly this warning.
    logOverride: { 'empty-import-meta': 'silent' },
  })
  const kernels = ['kernels.wasm', 'kernels-shared.wasm'].map((name) => join(root, 'packages/kernels-wasm/wasm', name))
  const { stdout } = await promisify(execFile)(process.execPath, [bundle, ...kernels], {
    // The folder with the packages that are not in the bundle.
    env: { ...process.env, NODE_PATH: join(root, 'packages/train/node_modules') },
  })
  expect(JSON.parse(stdout)).toEqual({
    train: 'function',
    batches: '1',
    embedded: expect.stringMatching(/^FileError: This bundle of @onebit\/data does not know its own URL/),
    decoding: expect.stringMatching(/^(OptionError|DataError): /),
    kernels: expect.stringMatching(/^BackendUnsupportedError: This bundle .* pass wasm\(\{ module \}\) the bytes/),
    given: '1,2',
    threads: '1,2',
  })
}, 60_000)
