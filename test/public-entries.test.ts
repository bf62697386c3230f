/** Every entry point of every package has a suite that hands its functions garbage: see `public-functions.ts`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

type Exports = Readonly<Record<string, string | Readonly<Record<string, string>>>>
interface Package {
  readonly name: string
  readonly folder: string
  readonly exports: Exports
}

const packages: readonly Package[] = readdirSync(join(root, 'packages')).map((name) => ({
  folder: join('packages', name),
  ...(JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as Pick<Package, 'name' | 'exports'>),
}))

/** Sources of entry points, by the name that programs import. */
const entries = new Map(
  packages.flatMap(({ name, folder, exports }) =>
    Object.entries(exports).flatMap(([key, targets]): [string, string][] =>
      typeof targets === 'string' ? [] : [[join(name, key), join(folder, targets['@onebit/source'])]],
    ),
  ),
)

/** Namespaces that a suite imports, by the name of the variable, as files of the repository. */
function namespacesIn(file: string): ReadonlyMap<string, string> {
  const text = readFileSync(join(root, file), 'utf8')
  const imports = text.matchAll(/^import (?:\w+, )?\* as (\w+) from '([^']+)'$/gm)
  return new Map(
    Array.from(imports, ([, variable, from]) => [
      variable,
      from.startsWith('.') ? relative(root, resolve(root, dirname(file), from)) : (entries.get(from) ?? from),
    ]),
  )
}

/** The namespaces that a suite gives to `testPublicFunctions`. */
function triedIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const namespaces = namespacesIn(file)
  const calls = text.matchAll(/^testPublicFunctions\(\s*(\w+)/gm)
  return Array.from(calls, ([, variable]) => namespaces.get(variable) ?? `${variable} of ${file}`)
}

const suites = packages
  .flatMap(({ folder }) => [join(folder, 'src'), join(folder, 'test')])
  .map((folder) => join(folder, 'public-functions.test.ts'))
  .filter((file) => existsSync(join(root, file)))

it('are found, each with its source', () => {
  expect(entries.size).toBeGreaterThanOrEqual(packages.length)
  expect([...entries.values()].filter((file) => !existsSync(join(root, file)))).toEqual([])
})

it('are all tried by a suite', () => {
  const tried = new Set(suites.flatMap(triedIn))
  expect([...entries].filter(([, file]) => !tried.has(file)).map(([name]) => name)).toEqual([])
})
