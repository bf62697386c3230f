/**
 * Every link of the documentation leads somewhere. npm shows the README of a package, where only the package's own files exist,
 * so it links to nothing outside the package.
 */
import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)
const folders = ['.', 'docs', 'docs/decisions', 'docs/quantizers', 'bench/results', ...packages, 'packages/cli/recipes']
const pages = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

/** The names in links to a page's headings. */
function anchorsOf(text: string): string[] {
  return Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

test.each(pages)('%s', async (page) => {
  const text = await readFile(join(root, page), 'utf8')
  const home = page.startsWith('packages/') ? resolve(root, dirname(page)) : root
  for (const [, target, anchor] of text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)) {
    const path = target === '' ? join(root, page) : resolve(root, dirname(page), target)
    expect({ target, exists: existsSync(path) }).toEqual({ target, exists: true })
    expect({ target, outside: relative(home, path).startsWith('..') }).toEqual({ target, outside: false })
    if (anchor) expect(anchorsOf(await readFile(path, 'utf8'))).toContain(anchor)
  }
})
