/** The first steps of all commands: install from the lockfile and build every package, with only Node and npm installed. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { pinnedPnpm } from './pinned-pnpm.mjs'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** Runs a command in the root and shows its output. Returns its exit code. */
export function run(command, args, env = {}) {
  const { status, signal, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', ...env },
    shell: process.platform === 'win32',
  })
  if (error) console.error(`${command}: ${error.message}`)
  return signal ? 128 : (status ?? 1)
}

/** Runs a pnpm command through the pinned version. */
export function pnpm(...args) {
  const [command, ...before] = pinnedPnpm
  return run(command, [...before, ...args])
}

/** If a step failed, prints a sentence and exits with its code. */
export function must(what, code) {
  if (code === 0) return
  console.error(`\n${what} failed with exit code ${code}; its own message is above.`)
  process.exit(code)
}

/** Installs everything, and runs build tasks in every package, or only in `workspace` and its dependencies. */
export function setUp({ tasks = ['build'], workspace } = {}) {
  must('Installing the dependencies', pnpm('install', '--frozen-lockfile'))
  const filter = workspace ? [`--filter=${workspace}...`] : []
  must('Building the packages', pnpm('exec', 'turbo', 'run', ...tasks, '--output-logs=errors-only', ...filter))
}
