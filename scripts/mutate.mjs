/**
 * `npm run mutate [FILTER]`: makes small wrong changes, one at a time. A test has to notice each. Prints the survivors and a
 * score.
 *
 * A mutation is `{ file, find, replace, tests, build? }` in `test/mutations/*.json`. The text `find` occurs once in `file` and
 * becomes `replace`. Then the tests of the filters `tests` run and have to fail. `build` names a workspace package to build
 * first, for changes of WebAssembly. The script changes files in place and restores them, so it refuses to run if they have
 * uncommitted changes. Tests that fail on the unchanged code prove nothing, so each set of filters runs on it first.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breath } from 'node:timers/promises'
import { pinnedPnpm } from './pinned-pnpm.mjs'
import { root } from './setup.mjs'

const folder = join(root, 'test/mutations')
const filter = process.argv[2] ?? ''

const mutations = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .sort()
  .flatMap((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')).map((mutation) => ({ ...mutation, list: name })))
  .filter(({ file, list }) => file.includes(filter) || list.includes(filter))

/** @returns the exit code. Output is shown only if the run itself fails. */
function quietly(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, CI: '1' },
    timeout: 600_000,
  })
  if (error && error.code !== 'ETIMEDOUT') throw error
  return status ?? 1
}

const build = (name) => quietly(pinnedPnpm[0], [...pinnedPnpm.slice(1), '--filter', name, 'run', 'build'])
const passes = (tests) => quietly(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', ...tests]) === 0

/** True if tests pass on the unchanged code, by their filters. */
const sound = new Map()
function isSound(tests) {
  const key = tests.join(' ')
  if (!sound.has(key)) sound.set(key, tests.every((path) => existsSync(join(root, path))) && passes(tests))
  return sound.get(key)
}

let original
/** Restores the currently changed file. */
function restore() {
  if (!original) return
  writeFileSync(original.path, original.text)
  const { build: name } = original
  original = undefined
  if (name) build(name)
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

function isClean(file) {
  return spawnSync('git', ['diff', '--quiet', 'HEAD', '--', file], { cwd: root }).status === 0
}

/** @returns 'noticed', 'lives', or the reason why the mutation cannot be made. */
function outcomeOf({ file, find, replace, tests, build: name }) {
  const path = join(root, file)
  const text = readFileSync(path, 'utf8')
  if (!isClean(file)) return 'the file has changes that are not committed'
  const places = text.split(find).length - 1
  if (places !== 1) return `the text occurs ${places} times`
  if (!isSound(tests)) return 'the tests are not there or fail without it'
  original = { path, text, build: name }
  try {
    writeFileSync(
      path,
      text.replace(find, () => replace),
    )
    // The compiler notices a change that does not compile.
    if (name && build(name) !== 0) return 'noticed'
    return passes(tests) ? 'lives' : 'noticed'
  } finally {
    restore()
  }
}

const outcomes = []
for (const mutation of mutations) {
  const outcome = outcomeOf(mutation)
  // Lets Ctrl-C in. Between two mutations, all files are unchanged. Tests that Ctrl-C ended have noticed nothing.
  await breath()
  outcomes.push(outcome)
  const [from, to] = [mutation.find, mutation.replace].map((text) => text.trim().replaceAll(/\s+/g, ' '))
  console.log(`${outcomes.length}/${mutations.length}  ${outcome.padEnd(8)}  ${mutation.file}: ${from} -> ${to}`)
}
const noticed = outcomes.filter((outcome) => outcome === 'noticed').length
console.log(`\n${noticed} of ${outcomes.length} mutations noticed`)
process.exitCode = noticed === outcomes.length ? 0 : 1
