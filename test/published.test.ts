/** The packages as users get them: built, ready to publish, with every example running on them, the demo included. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = readdirSync(join(root, 'packages'))
const unbuilt = packages.filter((name) => !existsSync(join(root, 'packages', name, 'dist')))
const skip = unbuilt.length > 0 && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'
const title = (name: string): string => (skip ? `${name} (skipped: ${unbuilt.join(', ')} not built; run: npm run build)` : name)

describe.skipIf(skip)(title('every package'), () => {
  test.each(packages)('%s is fit to publish', async (name) => {
    const folder = join(root, 'packages', name)
    const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: 'npm' })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    expect(manifest).toMatchObject({ license: 'Apache-2.0', type: 'module', engines: { node: '>=20.19' } })
    expect(manifest.keywords).toContain('binary-neural-network')
    expect(existsSync(join(folder, 'README.md')), 'README.md').toBe(true)
    const built = await readFile(join(folder, 'dist/index.js'), 'utf8')
    expect(built).not.toMatch(/from ['"]@onebit\/[a-z-]+\/(src|dist)/)
  })
})

describe.skipIf(skip)(title('examples on the built packages'), () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebit-examples-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function example(script: string, args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'examples', script), ...args], { cwd: folder })
    return stdout
  }

  test('the demo, on 2,000 images: one table, the file and the report', async () => {
    const output = await example('demo/demo.mjs', ['--epochs', '1', '--images', '2000', '--out', 'demo'])
    for (const row of ['trained network', 'reference backend', 'kernels-wasm', 'float32', 'tfjs-wasm', 'report.html'])
      expect(output).toContain(row)
    const equal = [...output.matchAll(/labels equal, ([\w\s-]+?)\s+│\s+([\d.]+) %/g)].map(([, , share]) => Number(share))
    expect(equal).toHaveLength(2)
    // One of 400 pictures may have a sum so close to a threshold that TensorFlow.js rounds it to the other side.
    expect(equal[0]).toBeGreaterThanOrEqual(99.75)
    expect(equal[1]).toBe(100)
    expect((await readFile(join(folder, 'demo/report.html'), 'utf8')).match(/<svg/g)?.length).toBeGreaterThanOrEqual(4)
    expect(existsSync(join(folder, 'demo/fashion-mnist.safetensors'))).toBe(true)
    expect((await stat(join(folder, 'demo/run.json'))).size, 'a run describes its data, it does not hold them').toBeLessThan(
      200_000,
    )
  })

  test('first-network', async () => {
    expect(await example('first-network/main.mjs', ['--epochs', '1', '--images', '640', '--out', 'first'])).toMatch(/\d %/)
  })

  const notBuilt = !existsSync(join(root, 'examples/second-backend/dist/main.js')) && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'
  test.skipIf(notBuilt)('second-backend (needs: npx pnpm exec turbo build)', async () => {
    const output = await example('second-backend/dist/main.js', [])
    expect(output).toContain('popcount of 32 bits')
    expect(output).toContain(`scores equal the reference's: true`)
  })

  test('third-party-quantizer', async () => {
    expect(await example('third-party-quantizer/main.mjs', ['--epochs', '1', '--images', '640'])).toMatch(/\d/)
  })
})
