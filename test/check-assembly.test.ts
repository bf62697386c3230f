/** Sabotages AssemblyScript in a temporary folder. `scripts/check-assembly.mjs` must find every fault at its place in the original file. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../scripts/check-assembly.mjs', import.meta.url))
const FILE = join('packages', 'sample', 'assembly', 'kernel.ts')
const GOOD = `@inline const WIDTH = 4
@inline export const LARGE: u64 = 0x8040201008040201

/** Adds one to each of some integers. */
@inline
@external("host", "count")
export function addOne(address: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<i32>(address + i * WIDTH, load<i32>(address + i * WIDTH) + 1)
}
`

let folder: string

/** Runs the script on a file with this text. */
async function check(text: string, ...options: string[]): Promise<{ code: number; output: string }> {
  await writeFile(join(folder, FILE), text)
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [SCRIPT, ...options, folder])
    return { code: 0, output: stdout + stderr }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, output: stdout + stderr }
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'check-assembly-'))
  await mkdir(join(folder, 'packages', 'sample', 'assembly'), { recursive: true })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('decorators of functions and constants, and 64-bit integers, are no faults', async () => {
  expect(await check(GOOD)).toMatchObject({ code: 0, output: expect.stringContaining('Checked 1 file') })
})

test.each([
  ['a comparison with ==', 'i < count', 'i == count', /kernel\.ts:8:21 lint\/suspicious\/noDoubleEquals/],
  ['a fault behind a decorator', 'LARGE: u64', 'LARGE: any', /kernel\.ts:2:29 lint\/suspicious\/noExplicitAny/],
  ['a comma operator, which is a warning', '+ 1)', '+ 1), count--', /kernel\.ts:8:\d+ lint\/complexity\/noCommaOperator/],
  ['a syntax error', 'count: i32)', 'count: i32', /kernel\.ts:\d+:\d+ parse/],
  ['another format', 'i < count', 'i<count', /kernel\.ts format/],
])('%s is a fault', async (_, good, bad, message) => {
  const { code, output } = await check(GOOD.replace(good, bad))
  expect(output).toMatch(message)
  expect(code).toBe(1)
  expect(await readFile(join(folder, FILE), 'utf8'), 'the file is only read').toContain(bad)
})

test('--write formats the file and keeps its decorators', async () => {
  const unformatted = GOOD.replace('  for', 'for').replace('(address: usize, count: i32)', '(\n  address: usize, count: i32)')
  expect(await check(unformatted, '--write')).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, FILE), 'utf8')).toBe(GOOD)
})

test('a comment that looks like a masked decorator is refused before anything is written', async () => {
  const ambiguous = `/*@in*/\n${GOOD}`
  const { code, output } = await check(ambiguous, '--write')
  expect(code).toBe(1)
  expect(output).toContain('has 4 decorators and 5 comments')
  expect(await readFile(join(folder, FILE), 'utf8')).toBe(ambiguous)
})

test('a folder without AssemblyScript is an error', async () => {
  await check(GOOD)
  await rm(join(folder, FILE))
  await expect(promisify(execFile)(process.execPath, [SCRIPT, folder])).rejects.toThrow('There is no AssemblyScript')
})
