import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { settingsTables, withTables } from './settings-tables.ts'

const file = fileURLToPath(new URL('../../../docs/training.md', import.meta.url))

it('docs/training.md has the current settings; ONEBIT_WRITE_DOCS=1 writes them', async () => {
  const page = await readFile(file, 'utf8')
  if (process.env.ONEBIT_WRITE_DOCS === '1') await writeFile(file, withTables(page))
  else expect(page).toBe(withTables(page))
  for (const name of ['data sets', 'all data sets', 'model', 'stages', 'run']) {
    expect(page).toContain(`<!-- table: ${name} -->`)
    expect(settingsTables()[name].split('\n').length, name).toBeGreaterThan(3)
  }
})
