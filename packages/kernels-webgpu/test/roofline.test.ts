/** The tables of docs/kernels-webgpu.md are those of the topology; ONEBIT_WRITE_DOCS=1 writes them. */
import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { GPUS } from '../bench/gpus.ts'
import { type Counts, countsOf, leastTime, rooflineTable } from '../bench/roofline.ts'
import { graphOf } from './published-cases.ts'

const PAGE = new URL('../../../docs/kernels-webgpu.md', import.meta.url)

/** The page with the table of a network between its marks. */
function withTable(page: string, name: string, table: string): string {
  const [begin, end] = [`<!-- roofline ${name} -->`, `<!-- end of ${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has no place for ${name}.`)
  return `${page.slice(0, from)}${begin}\n\n${table}\n\n${page.slice(to)}`
}

it.each(['real-to-binary-18', 'quicknet-0.1'])('the table of %s is current', async (name) => {
  const graph = await graphOf(name, 1)
  const page = await readFile(PAGE, 'utf8')
  const current = withTable(page, name, rooflineTable(countsOf(graph)))
  if (process.env.ONEBIT_WRITE_DOCS === '1') await writeFile(PAGE, current)
  else expect(page).toBe(current)
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
