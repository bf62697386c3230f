/** The table of recipes/README.md shows bench/results/recipes.json, and those results are of the recipes as they are. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { testTables } from '../../../test/generated-tables.ts'
import { resultsTable } from './results-table.ts'

const RECIPES = new URL('../recipes/mini/', import.meta.url)

describe('results of the mini recipes', async () => {
  const names = (await readdir(RECIPES))
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()
  const { rows } = JSON.parse(await readFile(new URL('../../../bench/results/recipes.json', import.meta.url), 'utf8'))
  testTables(new URL('../recipes/README.md', import.meta.url), { results: resultsTable(rows, names) })

  it('are of the recipes as they are', async () => {
    expect(rows.length).toBeGreaterThan(6)
    for (const { recipe, sha256 } of rows) {
      const bytes = await readFile(new URL(`${recipe}.json`, RECIPES))
      expect(sha256, recipe).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it('are equal in training and in the frozen file', () => {
    for (const { recipe, test, frozen } of rows) {
      expect(Math.abs(frozen.metrics.accuracy - test.accuracy), recipe).toBeLessThan(0.0005)
    }
  })
})
