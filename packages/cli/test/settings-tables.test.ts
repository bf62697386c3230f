import { describe, expect, it } from 'vitest'
import { testTables } from '../../../test/generated-tables.ts'
import { settingsTables } from './settings-tables.ts'

describe('docs/training.md', () => {
  const tables = settingsTables()
  testTables(new URL('../../../docs/training.md', import.meta.url), tables)

  it('has rows in each table', () => {
    for (const [name, content] of Object.entries(tables)) expect(content.split('\n').length, name).toBeGreaterThan(2)
  })
})
