/** Benchmarks end with exit code 1 on figures that are no numbers, and say which. */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { finite, median } from '../packages/kernels-wasm/bench/harness.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const module = new URL('../bench/figures.mjs', import.meta.url).href

/** `figures` as a JavaScript expression, because JSON has no NaN. */
function check(figures: string): { status: number | null; stderr: string } {
  const program = `import { checkFigures } from '${module}'; checkFigures('a case', ${figures})`
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
  return { status, stderr: stderr.trim() }
}

describe('a program that checks its figures', () => {
  it.each([
    ['{ stepMs: NaN }', 'stepMs is NaN'],
    ['{ rows: [{ ratio: 1 }, { ratio: Infinity }] }', 'rows[1].ratio is Infinity'],
    ['JSON.parse(JSON.stringify({ test: { accuracy: NaN } }))', 'test.accuracy is null'],
    ['{ a: -Infinity, b: { c: NaN } }', 'a is -Infinity, b.c is NaN'],
  ])('ends with 1 on %s', (figures, told) => {
    expect(check(figures)).toEqual({ status: 1, stderr: `a case: not finite: ${told}.` })
  })

  it('ends with 0 on numbers, whatever else is beside them', () => {
    expect(check("{ name: 'x', ratio: 0, rows: [], engine: undefined, flags: [true] }")).toEqual({ status: 0, stderr: '' })
  })
})

describe('medians of the kernels', () => {
  it.each([[[]], [[Number.NaN, Number.NaN]], [[0, Number.POSITIVE_INFINITY]]])('of %j are refused', (values) => {
    expect(() => median(values, 'milliseconds of x')).toThrow(/Not finite: milliseconds of x is/)
  })

  it('are numbers otherwise', () => {
    expect([median([3, 1, 2]), finite(0, 'x')]).toEqual([2, 0])
  })
})

it('every benchmark outside the kernels checks its figures', () => {
  const folders = ['bench', 'bench/training', 'packages/data/bench', 'packages/image/bench']
  const timed = folders
    .flatMap((folder) => readdirSync(join(root, folder)).map((file) => join(folder, file)))
    .filter((file) => file.endsWith('.mjs'))
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
    .filter(({ text }) => /^(?!export).*console\.(log|table)\(/m.test(text))
  expect(timed.length).toBeGreaterThan(4)
  // Results of training go through `resultOf`, which checks them.
  expect(readFileSync(join(root, 'bench/training-run.mjs'), 'utf8')).toContain('figures.mjs')
  const isChecked = (text: string): boolean => text.includes('figures.mjs') || text.includes('resultOf')
  expect(timed.filter(({ text }) => !isChecked(text)).map(({ file }) => file)).toEqual([])
})
