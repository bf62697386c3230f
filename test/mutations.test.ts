/** The lists of mutations fit the code: each text occurs once in its file, and each file of tests exists. CONTRIBUTING counts them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

interface Mutation {
  readonly file: string
  readonly find: string
  readonly replace: string
  readonly tests: readonly string[]
  /** The workspace package to build before the tests. */
  readonly build?: string
}

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'test/mutations')
const lists = readdirSync(folder).map((file): readonly [name: string, mutations: readonly Mutation[]] => [
  basename(file, '.json'),
  JSON.parse(readFileSync(join(folder, file), 'utf8')),
])

describe.each(lists)('the list %s', (_, mutations) => {
  test('changes code that exists, once each', () => {
    const places = mutations.map(({ file, find }) => {
      const path = join(root, file)
      return { file, find, count: existsSync(path) ? readFileSync(path, 'utf8').split(find).length - 1 : 0 }
    })
    expect(places.filter(({ count }) => count !== 1)).toEqual([])
    expect(mutations.filter(({ find, replace }) => find === replace)).toEqual([])
  })

  test('names files of tests', () => {
    const named = mutations.flatMap(({ tests }) => (tests.length > 0 ? tests : ['none']))
    expect(named.filter((path) => !existsSync(join(root, path)))).toEqual([])
  })

  test('has each change once', () => {
    expect(new Set(mutations.map(({ file, find, replace }) => JSON.stringify([file, find, replace]))).size).toBe(mutations.length)
  })
})

test('CONTRIBUTING has their numbers', () => {
  const page = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8')
  const [, total, each] = /The lists hold (\d+): ([^.]*)\./.exec(page)!
  const counted = Array.from(each.matchAll(/`([\w-]+)` (\d+)/g), ([, name, count]) => [name, Number(count)])
  expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(lists.map(([name, { length }]) => [name, length])))
  expect(Number(total)).toBe(lists.reduce((sum, [, { length }]) => sum + length, 0))
  for (const [name] of lists) expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'))
})
