/**
 * The pnpm that `packageManager` pins, for scripts and tests. npx fetches it where it is missing, without a prompt: `yes=false` in npm's
 * configuration or an empty cache changes nothing.
 */
import { readFileSync } from 'node:fs'

const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))

/** The command and its first arguments; those of pnpm follow. */
export const pinnedPnpm = ['npx', '--yes', packageManager]
