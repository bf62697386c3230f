/**
 * The pnpm version that `packageManager` pins, for scripts and tests. npx fetches it if it is missing, without a prompt, even
 * with `yes=false` in npm's configuration or an empty cache.
 */
import { readFileSync } from 'node:fs'

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** The command and its first arguments, before those of pnpm. */
export const pinnedPnpm = ['npx', '--yes', packageManager]
