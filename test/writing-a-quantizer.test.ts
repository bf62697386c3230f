/**
 * Follows `docs/writing-a-quantizer.md` to the letter in an empty folder: its own commands compile and test its code against the
 * packed packages, then the package is packed and its quantizer registered by name. Packages of the registry come from tarballs
 * and the workspace.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pinnedPnpm } from '../scripts/pinned-pnpm.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const packages = ['core', 'layers', 'testkit']
const unbuilt = packages.filter((name) => !existsSync(join(root, 'packages', name, 'dist/index.d.ts')))
const skip = unbuilt.length > 0 && process.env.ONEBIT_REQUIRE_OPTIONAL !== '1'
const reason = skip ? ` (skipped: no types of ${unbuilt.join(', ')}; run: npm run build)` : ''

async function run(command: string, folder: string): Promise<string> {
  // The suite of the guide draws random numbers as it would for its author, and its runner is not a child of this one.
  const { NODE_TEST_CONTEXT: _, NODE_OPTIONS: __, ...env } = process.env
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: folder, env, maxBuffer: 1e8 })
  return stdout
}

describe.skipIf(skip)(`the guide to a quantizer of one's own${reason}`, () => {
  let parent: string
  let folder: string
  let guide: { setUp: string; code: string; suite: string; publish: string }

  /** Creates the folder that `npm install` of the packages would leave. */
  async function install(): Promise<void> {
    const modules = join(folder, 'node_modules')
    await mkdir(join(modules, '@onebit'), { recursive: true })
    await mkdir(join(modules, '@tensorflow'))
    await mkdir(join(modules, '.bin'))
    for (const name of packages) {
      await run(`${pinnedPnpm.join(' ')} pack --pack-destination ${parent}`, join(root, 'packages', name))
      const target = join(modules, '@onebit', name)
      await mkdir(target)
      await run(`tar -xzf ${parent}/onebit-${name}-*.tgz --strip-components 1 -C ${target}`, parent)
    }
    for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', 'typescript']) {
      await symlink(await realpath(join(root, 'node_modules', name)), join(modules, name))
    }
    await symlink('../typescript/bin/tsc', join(modules, '.bin/tsc'))
  }

  beforeAll(async () => {
    const text = await readFile(join(root, 'docs/writing-a-quantizer.md'), 'utf8')
    const blocks = [...text.matchAll(/```(?:ts|js|sh)\n([\s\S]*?)```/g)].map(([, code]) => code)
    const [setUp, code, suite, publish] = blocks
    guide = { setUp, code, suite, publish }
    parent = await mkdtemp(join(tmpdir(), 'onebit-guide-'))
    folder = join(parent, 'triangle-sign')
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))

  test('its code, commands included, is under 60 lines', () => {
    expect(Object.values(guide).join('').trimEnd().split('\n').length).toBeLessThan(60)
  })

  test('its commands make the package, compile it, and pass the suite under node --test', async () => {
    const [makeFolder, describePackage, ...installs] = guide.setUp.trim().split('\n')
    expect(installs.every((line) => line.startsWith('npm install --save-'))).toBe(true)
    await run(makeFolder, parent)
    await run(describePackage, folder)
    await install()
    await writeFile(join(folder, 'triangle-sign.ts'), guide.code)
    await writeFile(join(folder, 'triangle-sign.test.js'), guide.suite)
    const commands = guide.publish.trim().split(' && ')
    expect(commands.at(-1)).toBe('npm publish')
    const output = await run(commands.slice(0, -1).join(' && '), folder)
    expect(output).toMatch(/^. pass [1-9]\d\d?$/m)
    expect(output).toMatch(/^. fail 0$/m)
  })

  test('the packed package is complete: publint finds nothing, and a registry takes its quantizer by name', async () => {
    const { messages } = await publint({ pkgDir: folder, pack: 'npm' })
    expect(messages).toEqual([])
    const consumer = join(parent, 'consumer.mjs')
    await writeFile(
      consumer,
      `import { createRegistry } from '${join(folder, 'node_modules/@onebit/core/dist/index.js')}'
       import triangle from '${join(folder, 'triangle-sign.js')}'
       console.log(JSON.stringify(createRegistry([triangle]).quantizer({ name: 'triangle-sign', width: 2 }).options))`,
    )
    expect(JSON.parse(await run(`node ${consumer}`, folder))).toEqual({ width: 2 })
  })
})
