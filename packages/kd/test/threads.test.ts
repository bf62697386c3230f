/** Distillers on worker threads: models that threads run, teachers that only the main thread can ask, adapters, kept values. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const isBuilt =
  existsSync(join(root, 'packages/kd/dist/node.js')) && existsSync(join(root, 'packages/train/dist/training-thread.js'))
if (!isBuilt && process.env.ONEBIT_REQUIRE_OPTIONAL === '1') throw new Error('The packages are not built; run: npm run build')

describe.skipIf(!isBuilt)(
  isBuilt ? 'two threads' : 'two threads (skipped: the packages are not built; run: npm run build)',
  () => {
    let results: Readonly<Record<string, number>>

    beforeAll(async () => {
      const folder = await mkdtemp(join(tmpdir(), 'onebit-kd-'))
      try {
        await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
        const script = join(folder, 'threads.mjs')
        await build({
          entryPoints: [fileURLToPath(new URL('threads-process.ts', import.meta.url))],
          bundle: true,
          platform: 'node',
          format: 'esm',
          target: 'node20',
          external: ['@tensorflow/*', '@onebit/*'],
          outfile: script,
          logLevel: 'error',
        })
        const { NODE_OPTIONS: _, ...env } = process.env
        const { stdout } = await promisify(execFile)(process.execPath, [script], { env, maxBuffer: 1e8 })
        results = JSON.parse(stdout.trim().split('\n').at(-1)!)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    }, 300_000)

    test('train a student as one does, to the last digits', () => {
      expect(results.taught).toBeGreaterThan(1e-2)
      for (const teacher of ['model', 'adapted', 'attention', 'graph', 'blended']) {
        expect(results[teacher], teacher).toBeLessThan(1e-4)
      }
    })

    test('read what was kept, with the same bits', () => {
      expect([results.cached, results.cachedAgain]).toEqual([0, 0])
    })

    test('resume with the adapters as they were', () => {
      expect(results.resumed).toBe(0)
    })
  },
)
