/** Checks that changesets can be read for a release: the packages with their bumps, then the visible change. */
import { readdir, readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const folder = fileURLToPath(new URL('../.changeset/', import.meta.url))
const packages = await readdir(fileURLToPath(new URL('../packages/', import.meta.url)))
const names = (await readdir(folder)).filter((name) => name.endsWith('.md'))

test.each(names)('%s', async (name) => {
  const text = await readFile(`${folder}${name}`, 'utf8')
  const [, head] = /^---\n((?:'@onebit\/[\w-]+': (?:patch|minor|major)\n)+)---\n\n\S/.exec(text) ?? []
  expect(head, `the head of ${name}: ---, lines like '@onebit/core': patch, ---`).toBeDefined()
  for (const [, changed] of head.matchAll(/@onebit\/([\w-]+)/g)) expect(packages).toContain(changed)
})
