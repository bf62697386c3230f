/** Folders import only from folders above them in the table of docs/kernels.md. */
import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const source = new URL('../src/', import.meta.url)

/** A file beside the folders. It imports nothing and lies there so that its URL is right in `dist`. */
const FIRST = 'start-worker.ts'

async function folderOrder(): Promise<string[]> {
  const page = await readFile(new URL('../../../docs/kernels.md', import.meta.url), 'utf8')
  const [, table] = /\| folder +\|[^\n]*\n\|[- |]*\n((?:\|[^\n]*\n)+)/.exec(page)!
  return Array.from(table.matchAll(/^\| `(\w+)`/gm), ([, name]) => name)
}

test('folders import from those above them', async () => {
  const folders = await folderOrder()
  const entries = await readdir(source, { withFileTypes: true })
  expect(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)).toEqual(folders.toSorted())
  const rankOf = (folder: string | undefined): number => (folder === undefined ? folders.length : folders.indexOf(folder))
  const files = (await readdir(source, { recursive: true })).filter((name) => /\.ts$/.test(name) && !name.endsWith('.test.ts'))
  const wrong: string[] = []
  for (const file of files) {
    const text = await readFile(new URL(file, source), 'utf8')
    const folder = file.includes('/') ? file.split('/')[0] : undefined
    for (const [, path] of text.matchAll(/from '(\.[^']+)'/g)) {
      const imported = new URL(path, new URL(file, source)).href.slice(source.href.length)
      const from = imported.includes('/') ? imported.split('/')[0] : undefined
      if (imported !== FIRST && rankOf(from) > rankOf(folder)) wrong.push(`${file} imports ${imported}`)
    }
  }
  expect(wrong).toEqual([])
})
