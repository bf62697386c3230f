/**
 * Keeps two processes from training into one folder: `run.lock` names the process that does, which writes it anew every few seconds. It
 * goes when the run ends. One that nobody has written for a while was left behind by a process that was killed, by a machine that went
 * down, or by one whose number another process has now: it is taken over.
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
  /** Tells processes apart that had one number, one after the other: in a container it is the same at every start. */
  readonly token?: string
}

export interface LockOptions {
  /** Takes the folder from whoever holds it. */
  readonly takeOver?: boolean
}

const LOCK = 'run.lock'
/** Milliseconds between the signs of life. */
const BEAT = 5000
/** Milliseconds without one after which a lock counts as left behind. */
export const STALE = 60_000

/**
 * The signs of life come from a thread of their own, as a step of training may keep this one busy for long. It writes the same text
 * again, so that the time is that of the file's own machine, and ends once the lock is gone or another's.
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

/** This process, among all that ever had its number. */
const TOKEN = randomUUID()

/** Whether the process is known to have ended; of those on other machines nothing is known. */
function hasEnded({ pid, host, token }: Holder): boolean {
  if (host !== hostname()) return false
  if (pid === process.pid) return token !== TOKEN
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    // With EPERM the process is there, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}

/** Milliseconds since the lock was written, by the clock of the machine that has the file. */
async function ageOf(path: string): Promise<number> {
  const probe = `${path}.${process.pid}.probe`
  try {
    await writeFile(probe, '')
    const [now, written] = await Promise.all([stat(probe), stat(path)])
    return now.mtimeMs - written.mtimeMs
  } catch {
    // It went in the meantime.
    return Number.POSITIVE_INFINITY
  } finally {
    await rm(probe, { force: true })
  }
}

/** Undefined for what a process left that was killed while it wrote. */
function parse(text: string): Holder | undefined {
  try {
    const holder = JSON.parse(text) as Partial<Holder> | null
    const isHolder = Number.isInteger(holder?.pid) && typeof holder?.host === 'string'
    return isHolder ? (holder as Holder) : undefined
  } catch {
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
 * @returns what releases the folder.
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
      if (age < STALE) {
        throw new RunError({
          what: `Process ${holder.pid} on '${holder.host}' is training into '${folder}': it said so ${Math.max(0, Math.round(age / 1000))} seconds ago.`,
          expected: 'one run at a time in a folder',
          fix: `Wait for it, or choose another folder. If it no longer runs, wait ${STALE / 1000} seconds, or take the folder over (takeOver, --take-over).`,
        })
      }
    }
    await removeStale(path, found)
  }
  const heartbeat = new Worker(HEARTBEAT, { eval: true, workerData: { path, text, interval: BEAT }, execArgv: [] })
  heartbeat.unref()
  // A lock without signs of life is no reason to lose a run.
  heartbeat.on('error', () => undefined)
  return async () => {
    await heartbeat.terminate()
    if ((await readFile(path, 'utf8').catch(() => undefined)) === text) await rm(path, { force: true })
  }
}
