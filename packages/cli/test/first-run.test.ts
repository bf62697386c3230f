/**
 * A run from before tasks existed, as the first version of the command wrote it (`first-run`: 64 pictures, one epoch, four
 * channels). The current command reports it, freezes it, measures it, and treats it as complete.
 */
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, it } from 'vitest'
import { onebit, temporaryFolder } from './support.ts'

const folder = await temporaryFolder()
const run = join(folder, 'run')
const file = join(folder, 'first.safetensors')

beforeAll(() => cp(fileURLToPath(new URL('first-run', import.meta.url)), run, { recursive: true }))

it('is reported', async () => {
  expect((await onebit('report', run)).code).toBe(0)
  const page = await readFile(join(run, 'report.html'), 'utf8')
  expect(page).toContain('Fashion-MNIST')
  expect(page).toContain('3.13 %')
})

it('freezes with the accuracy that it measured', async () => {
  expect((await onebit('freeze', run, '--out', file)).code).toBe(0)
  const { code, stdout } = await onebit('eval', file, '--limit', '64', '--json')
  expect(code).toBe(0)
  // The accuracy that its own version recorded, on the same 64 pictures.
  expect(JSON.parse(stdout)).toMatchObject({ count: 64, metrics: { accuracy: 2 / 64 } })
})

it('is complete, so resuming it returns its result', async () => {
  const before = await readFile(join(run, 'weights.bin'))
  const { code, stdout } = await onebit('train', '--resume', run, '--engine', 'wasm', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ interrupted: false, test: { accuracy: 2 / 64 } })
  expect(await readFile(join(run, 'weights.bin'))).toEqual(before)
})
