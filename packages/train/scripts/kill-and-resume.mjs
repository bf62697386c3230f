/**
 * Kills a training run with SIGKILL at random instants, 50 times unless told otherwise, and compares the end with the uninterrupted run.
 *
 *   node packages/train/scripts/kill-and-resume.mjs [kills]
 */
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const manifest = createRequire(join(root, 'package.json')).resolve('vitest/package.json')
const { status } = spawnSync(
  process.execPath,
  [join(dirname(manifest), 'vitest.mjs'), 'run', 'packages/train/test/kill-and-resume.test.ts'],
  { cwd: root, stdio: 'inherit', env: { ...process.env, ONEBIT_KILLS: process.argv[2] ?? '50' } },
)
process.exitCode = status ?? 1
