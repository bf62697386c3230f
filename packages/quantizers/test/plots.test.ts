/** The committed plots equal the ones drawn from the quantizers. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { gallery } from './gallery.ts'
import { plots } from './plots.ts'

const folder = new URL('../../../docs/quantizers/', import.meta.url)

test('every plot is up to date', async () => {
  const drawn = await plots()
  const files = readdirSync(folder).filter((file) => file.endsWith('.svg'))
  expect(files.sort()).toEqual([...drawn.keys()].map((name) => `${name}.svg`).sort())
  // Element ids count up over the lifetime of a process.
  const plain = (svg: string): string => svg.replace(/zr\d+-/g, 'zr-')
  for (const [name, svg] of drawn) {
    const committed = readFileSync(new URL(`${name}.svg`, folder), 'utf8')
    expect(plain(committed) === plain(svg), `docs/quantizers/${name}.svg is stale: run scripts/plots.mjs`).toBe(true)
  }
})

test('the page that shows them is up to date', () => {
  expect(readFileSync(new URL('README.md', folder), 'utf8'), 'stale: run packages/quantizers/scripts/plots.mjs').toBe(gallery())
})
