/**
 * Declarations check in a strict project with another environment than ours: an older TypeScript, no DOM library, no types of
 * Node, no TensorFlow.js, and the module resolution from before `exports`.
 */

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
/** The packages with which a page runs a network, and their dependencies. */
const PACKAGES = ['core', 'kernels-wasm', 'kernels-webgpu', 'classify', 'layers', 'data', 'image']
const unbuilt = PACKAGES.filter((name) => !existsSync(join(root, 'packages', name, 'dist/index.d.ts')))
const skip = unbuilt.length > 0 && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'
const title = skip
  ? `declarations (skipped: those of ${unbuilt.join(', ')} are missing; run: npx pnpm exec turbo build build:types)`
  : 'declarations'

const RUNS_A_NETWORK = `
import { auto, type Graph, GraphBuilder, load, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import { webgpu } from '@onebit/kernels-webgpu'
import { imageClassifier } from '@onebit/classify/deployment'
import type { PictureSource } from '@onebit/image'

export async function classify(bytes: Uint8Array, image: PictureSource): Promise<Graph> {
  const network = await load(bytes, { backend: wasm({ threads: 2 }) })
  const [{ label }] = await imageClassifier(network).classify(image)
  const name: string = label
  const { passedOver, gpu } = await load(bytes, { backend: auto([webgpu({ tiles: 'rule' }), wasm(), reference]) })
  const reasons: string[] = passedOver.map(({ backend, reason }) => backend + reason)
  const outputs = await gpu?.runToBuffers({ image: new Float32Array(784) })
  outputs?.release()
  await load(reasons[0], { backend: reference, onProgress: ({ loaded }) => void (loaded satisfies number) })
  return new GraphBuilder().build()
}
// @ts-expect-error: a tile is not an option
export const wrongTiles = webgpu({ tile: 'rule' })
// @ts-expect-error: a number is not a source
export const wrong = load(7, { backend: reference })
`

const HAS_THE_WEB = `
import { load, reference } from '@onebit/core'
import { batches, fashionMnist } from '@onebit/data'

const { signal } = new AbortController()
export const models = [new URL('https://x/'), new Blob([]), new Response()].map((source) => load(source, { backend: reference, signal }))
export const count = async (): Promise<number> => batches((await fashionMnist({ signal })).train, { batchSize: 2 }).count
`

describe.skipIf(skip)(title, () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-types-'))
    for (const name of PACKAGES) {
      const target = join(folder, 'node_modules/@onebit', name)
      mkdirSync(target, { recursive: true })
      cpSync(join(root, 'packages', name, 'package.json'), join(target, 'package.json'))
      cpSync(join(root, 'packages', name, 'dist'), join(target, 'dist'), { recursive: true })
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'runs-a-network.ts'), RUNS_A_NETWORK)
    await writeFile(join(folder, 'has-the-web.ts'), HAS_THE_WEB)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  const modes = [
    ['esnext', 'node10'],
    ['esnext', 'bundler'],
    ['nodenext', 'nodenext'],
  ] as const
  const cases = [
    ...modes.map(([module, resolution]) => ['typescript-5.6', module, resolution] as const),
    ['typescript', 'esnext', 'bundler'] as const,
  ]

  test.each(cases)(
    '%s, module %s, moduleResolution %s',
    async (compiler, module, resolution) => {
      const tsc = join(createRequire(import.meta.url).resolve(`${compiler}/package.json`), '../bin/tsc')
      const check = async (lib: string, files: readonly string[]): Promise<string> => {
        const flags = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2022', '--lib', lib]
        const argv = [...flags, '--module', module, '--moduleResolution', resolution, ...files]
        return promisify(execFile)(process.execPath, [tsc, ...argv], { cwd: folder }).then(
          ({ stdout }) => stdout,
          (error: { stdout: string }) => error.stdout,
        )
      }
      expect(await check('es2023', ['runs-a-network.ts'])).toBe('')
      expect(await check('es2023,dom', ['runs-a-network.ts', 'has-the-web.ts'])).toBe('')
    },
    120_000,
  )

  test('a page that runs a network installs no TensorFlow.js', async () => {
    for (const name of ['core', 'kernels-wasm', 'kernels-webgpu', 'classify', 'layers']) {
      const { default: manifest } = await import(`../packages/${name}/package.json`, { with: { type: 'json' } })
      const { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = manifest
      const needed = Object.keys({ ...dependencies, ...peerDependencies }).filter((peer) => !peerDependenciesMeta[peer]?.optional)
      expect(
        needed.filter((peer) => !peer.startsWith('@onebit/')),
        name,
      ).toEqual([])
    }
  })
})
