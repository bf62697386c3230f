/** The tables of docs/kernels-webgpu.md agree with the topology. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { testTables } from '../../../test/generated-tables.ts'
import { GPUS } from '../bench/gpus.ts'
import { type Counts, countsOf, leastTime, rooflineTable } from '../bench/roofline.ts'
import { graphOf } from './published-cases.ts'

const PAGE = new URL('../../../docs/kernels-webgpu.md', import.meta.url)

describe('the rooflines', async () => {
  const tables: Record<string, string> = {}
  for (const name of ['real-to-binary-18', 'quicknet-0.1']) tables[name] = rooflineTable(countsOf(await graphOf(name, 1)))
  testTables(PAGE, tables)
})

it('the source of every GPU is on the page', async () => {
  const page = (await readFile(PAGE, 'utf8')).replaceAll(/\s+/g, ' ')
  for (const { name, source } of GPUS) expect(page, name).toContain(source)
})

it('takes the lowest roof', () => {
  const gpu = { name: '', source: '', bandwidth: 100, rates: { popcounts: 10, integers: 40, floats: 80 } }
  const counts = (parts: Partial<Counts>): Counts => ({ layer: '', kernels: 1, bytes: 0, words: 0, products: 0, ...parts })
  expect(leastTime(counts({ bytes: 200, words: 10 }), gpu)).toEqual({ seconds: 2, boundBy: 'memory' })
  expect(leastTime(counts({ bytes: 90, words: 10 }), gpu)).toEqual({ seconds: 1, boundBy: 'population counts' })
  expect(leastTime(counts({ words: 1, products: 80 }), gpu)).toEqual({ seconds: 82 / 40, boundBy: 'integers' })
  expect(leastTime(counts({ bytes: 90, words: 10 }), { ...gpu, rates: undefined })).toEqual({ seconds: 0.9, boundBy: 'memory' })
})
