/**
 * Keeps two processes from training into one folder: `run.lock` names the process that does. It goes when the run ends; one that a
 * killed process left behind is taken over.
 */
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { FileError } from '@onebit/core'
import { RunError } from './errors.ts'

interface Holder {
  readonly pid: number
  readonly host: string
}

const LOCK = 'run.lock'

/** Locks that this process holds; a lock with its number that is not among them is of an earlier process. */
const held = new Set<string>()

function isRunning({ pid, host }: Holder, path: string): boolean {
  // Nothing is known of processes on other machines.
  if (host !== hostname()) return true
  if (pid === process.pid) return held.has(path)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // The process is there, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    // Killed while it wrote.
    return undefined
  }
}

/** Moves a stale lock aside; puts it back if in the meantime another process took it over. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readFile(aside, 'utf8').catch(() => stale)
  if (moved === stale) await rm(aside, { force: true })
  else await rename(aside, path)
}

/**
 * @returns what releases the folder.
 * @throws RunError naming the process that trains into the folder; FileError if the lock cannot be written.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = resolve(join(folder, LOCK))
  const own: Holder = { pid: process.pid, host: hostname() }
  for (;;) {
    try {
      await writeFile(path, JSON.stringify(own), { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        const { message } = error as Error
        const what = `The run folder '${folder}' cannot be written: ${message}.`
        throw new FileError({ what, fix: 'Choose another --out.' }, { cause: error })
      }
    }
    const text = await readFile(path, 'utf8').catch(() => '')
    const holder = parse(text)
    if (holder && isRunning(holder, path)) {
      throw new RunError({
        what: `Process ${holder.pid} on '${holder.host}' is training into '${folder}'.`,
        expected: 'one run at a time in a folder',
        fix: `Wait for it, or choose another folder. If it no longer runs, remove '${path}'.`,
      })
    }
    await removeStale(path, text)
  }
  held.add(path)
  return async () => {
    held.delete(path)
    await rm(path, { force: true })
  }
}
