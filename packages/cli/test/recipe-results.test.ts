/** The table of recipes/README.md shows bench/results/recipes.json, and those results are of the recipes as they are. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { testTables } from '../../../test/generated-tables.ts'
import { resultsTable } from './results-table.ts'

const RECIPES = new URL('../recipes/mini/', import.meta.url)

describe('results of the mini recipes', async () => {
  const results = JSON.parse(await readFile(new URL('../../../bench/results/recipes.json', import.meta.url), 'utf8'))
  testTables(new URL('../recipes/README.md', import.meta.url), { results: resultsTable(results.rows) })

  it('are of every recipe, as it is', async () => {
    const files = (await readdir(RECIPES)).filter((name) => name.endsWith('.json'))
    for (const file of files) {
      const bytes = await readFile(new URL(file, RECIPES))
      const own = results.rows.find((row: { recipe: string; twin: boolean }) => `${row.recipe}.json` === file && !row.twin)
      expect(own?.sha256, file).toBe(createHash('sha256').update(bytes).digest('hex'))
    }
  })

  it('are equal in training and in the frozen file', () => {
    for (const { recipe, test, frozen } of results.rows) {
      expect(Math.abs(frozen.metrics.accuracy - test.accuracy), recipe).toBeLessThan(0.0005)
    }
  })
})
