/**
 * Keeps two processes from training into one folder. `run.lock` names the process that trains, and that process writes it again
 * every few seconds. The lock goes when the run ends. If nobody has written it for a while, it was left behind: its process was
 * killed, its machine went down, or another process now has the same number. Such a lock may be taken over.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { Worker } from 'node:worker_threads'
import { FileError } from '@onebit/core'
import { RunError } from './errors.ts'

interface Holder {
  readonly pid: number
  readonly host: string
  /**
   * Distinguishes processes that had the same number, one after the other. In a container the number is the same at every start.
   */
  readonly token?: string
}

export interface LockOptions {
  /** Take the folder over from its holder. */
  readonly takeOver?: boolean
}

const LOCK = 'run.lock'
/** Milliseconds between two heartbeats. */
const BEAT = 5000
/** Milliseconds without a heartbeat after which a lock counts as left behind. */
export const STALE = 60_000

/**
 * A separate thread writes the heartbeats, because a step of training may keep this thread busy for long. It writes the same text
 * again, so that the file's time comes from the machine that stores it. It ends when the lock is gone or belongs to another
 * process.
 */
const HEARTBEAT = `
  const { openSync, readFileSync, writeSync, closeSync } = require('node:fs')
  const { path, text, interval } = require('node:worker_threads').workerData
  const timer = setInterval(() => {
    try {
      const file = openSync(path, 'r+')
      if (readFileSync(file, 'utf8') === text) writeSync(file, text, 0)
      else clearInterval(timer)
      closeSync(file)
    } catch (error) {
      if (error.code === 'ENOENT') clearInterval(timer)
    }
  }, interval)
`

/** Identifies this process among all that ever had its number. */
const TOKEN = randomUUID()

/** True if the process is known to have ended. For processes on other machines that is unknown. */
function hasEnded({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return false
  if (pid === process.pid) return token !== TOKEN
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // EPERM means that the process exists but belongs to another user.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Milliseconds since the lock was written, by the clock of the machine that stores the file; below 0 if that clock was set back. */
async function ageOf(path: string): Promise<number> {
  const probe = `${path}.${process.pid}.probe`
  try {
    await writeFile(probe, '')
    const [now, written] = await Promise.all([stat(probe), stat(path)])
    return now.mtimeMs - written.mtimeMs
  } catch {
    // The lock was removed in the meantime.
    return Number.POSITIVE_INFINITY
  } finally {
    await rm(probe, { force: true })
  }
}

/** Undefined if the text is incomplete because its process was killed while it wrote. */
function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null
    const isHolder = Number.isInteger(holder?.pid) && typeof holder?.host === 'string'
    return isHolder ? (holder as Holder) : undefined
  } catch {
    return undefined
  }
}

/** Moves a stale lock aside. If another process took the lock over in the meantime, it puts the lock back. */
async function removeStale(path: string, stale: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readFile(aside, 'utf8').catch(() => stale)
  if (moved === stale) await rm(aside, { force: true })
  else await rename(aside, path)
}

/** Writes the lock if there is none. */
async function take(path: string, folder: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    const what = `The run folder '${folder}' cannot be written: ${(error as Error).message}.`
    throw new FileError({ what, fix: 'Choose another --out.' }, { cause: error })
  }
}

/**
 * @returns a function that unlocks the folder.
 * @throws RunError naming the process that trains into the folder; FileError if the lock cannot be written.
 */
export async function lockFolder(folder: string, { takeOver = false }: LockOptions = {}): Promise<() => Promise<void>> {
  const path = resolve(join(folder, LOCK))
  const own: Holder = { pid: process.pid, host: hostname(), token: TOKEN }
  const text = JSON.stringify(own)
  while (!(await take(path, folder, text))) {
    const found = await readFile(path, 'utf8').catch(() => '')
    const holder = parse(found)
    if (holder && !takeOver && !hasEnded(holder)) {
      const age = await ageOf(path)
      // Whoever lives has written the lock again since the clock was set back.
      if (Math.abs(age) < STALE) {
        throw new RunError({
          what: `Process ${holder.pid} on '${holder.host}' is training into '${folder}': its last sign of life was ${Math.max(0, Math.round(age / 1000))} seconds ago.`,
          expected: 'one run at a time in a folder',
          fix: `Wait for it, or choose another folder. If it no longer runs, wait ${STALE / 1000} seconds, or take the folder over (takeOver, --take-over).`,
        })
      }
    }
    await removeStale(path, found)
  }
  const heartbeat = new Worker(HEARTBEAT, { eval: true, workerData: { path, text, interval: BEAT }, execArgv: [] })
  heartbeat.unref()
  // A missing heartbeat is no reason to lose a run.
  heartbeat.on('error', () => undefined)
  return async () => {
    await heartbeat.terminate()
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true })
  }
}
