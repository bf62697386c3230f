/** Tests the errors of the script that builds tfjs-node's binding. CI runs the script itself. */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../scripts/build-tfjs-node.mjs', import.meta.url))
let folder: string

function build(...options: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [script, '--package', folder, ...options], { encoding: 'utf8' })
  return { status, stderr }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-tfjs-node-'))
  await writeFile(join(folder, 'package.json'), '{ "version": "4.22.0" }')
})

afterEach(() => rm(folder, { recursive: true, force: true }))

test('--check reports that the binding does not load, and how to build it', () => {
  const { status, stderr } = build('--check')
  expect(status).toBe(1)
  expect(stderr).toContain(`tfjs-node does not load from ${folder}`)
  expect(stderr).toContain('without --check')
})

test.runIf(process.platform === 'linux' && process.arch === 'x64')(
  'a wheel of other content is refused, and leaves nothing behind',
  async () => {
    const wheel = join(folder, 'tensorflow.whl')
    await writeFile(wheel, 'not TensorFlow')
    const { status, stderr } = build('--wheel', wheel, '--cache', join(folder, 'cache'))
    expect(status).toBe(1)
    expect(stderr).toMatch(/is not the expected wheel: its SHA-256 is [0-9a-f]{64}, expected 54660c07/)
    expect(await readdir(join(folder, 'cache'))).toEqual([])
    expect((await readdir(folder)).sort()).toEqual(['cache', 'package.json', 'tensorflow.whl'])
  },
)
