/**
 * Tables that are made from the code, or from results, and stand in a page of documentation between two marks:
 *
 *   <!-- table: NAME -->
 *   <!-- end of table -->
 *
 * A test compares them with the page. `ONEBIT_WRITE_DOCS=1 npx vitest run FILE` writes them.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { expect, it } from 'vitest'

/** The page with its tables replaced. @throws Error if the page has no place for one. */
function withTables(page: string, tables: Readonly<Record<string, string>>): string {
  return Object.entries(tables).reduce((text, [name, content]) => {
    const [begin, end] = [`<!-- table: ${name} -->`, '<!-- end of table -->']
    const from = text.indexOf(begin)
    const to = text.indexOf(end, from)
    if (from < 0 || to < 0) throw new Error(`The page has no place for the table '${name}'. Add ${begin} and ${end}.`)
    return `${text.slice(0, from)}${begin}\n\n${content}\n\n${text.slice(to)}`
  }, page)
}

/** Declares the test that the page has exactly these tables, as they are now. */
export function testTables(page: URL, tables: Readonly<Record<string, string>>): void {
  it('the page has the current tables; ONEBIT_WRITE_DOCS=1 writes them', async () => {
    const text = await readFile(page, 'utf8')
    const current = withTables(text, tables)
    if (process.env.ONEBIT_WRITE_DOCS === '1') await writeFile(page, current)
    else expect(text).toBe(current)
    const marks = [...text.matchAll(/<!-- table: (.+) -->/g)].map(([, name]) => name)
    expect(marks.toSorted()).toEqual(Object.keys(tables).toSorted())
  })
}
