import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunError } from './errors.ts'
import { lockFolder, STALE } from './run-lock.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-lock-'))
})
afterEach(() => rm(folder, { recursive: true }))

const leave = (text: string): Promise<void> => writeFile(join(folder, 'run.lock'), text)
const held = (pid: number, host = hostname()): Promise<void> => leave(JSON.stringify({ pid, host }))

test('a folder is locked for a second run of this process, until it is released', async () => {
  const release = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(`Process ${process.pid} on`)
  await expect(lockFolder(folder)).rejects.toSatisfy((error) => RunError.isInstance(error))
  await release()
  await (await lockFolder(folder))()
  expect(await readdir(folder)).toEqual([])
})

/** Sets the time of the lock back by a number of seconds. */
const aged = (seconds: number): Promise<void> => {
  const then = Date.now() / 1000 - seconds
  return utimes(join(folder, 'run.lock'), then, then)
}
const ended = (): number => spawnSync(process.execPath, ['--version']).pid
const holder = async (): Promise<number> => JSON.parse(await readFile(join(folder, 'run.lock'), 'utf8')).pid

test('another running process keeps its lock as long as its heartbeat goes on', async () => {
  await held(process.ppid)
  await aged(STALE / 1000 - 10)
  await expect(lockFolder(folder)).rejects.toThrow(
    new RegExp(`Process ${process.ppid} on .*last sign of life was 50 seconds ago`),
  )
  expect(await holder()).toBe(process.ppid)
})

test('so does a process on another machine, whatever its number', async () => {
  await held(ended(), 'elsewhere.example')
  await expect(lockFolder(folder)).rejects.toThrow(`on 'elsewhere.example'`)
  await expect(lockFolder(folder)).rejects.toThrow(/wait 60 seconds, or take the folder over/)
  expect(await readdir(folder)).toEqual(['run.lock'])
})

test.each<[string, () => Promise<void>]>([
  ['a process that ended', () => held(ended())],
  ['an earlier process with the number of this one', () => held(process.pid)],
  ['a process that was killed as it wrote', () => leave('{"pi')],
  ['a file that is no lock', () => leave('null')],
  ['another machine that went down', () => held(1, 'elsewhere.example').then(() => aged(STALE / 1000 + 1))],
  ['a machine whose clock was ahead', () => held(1, 'elsewhere.example').then(() => aged(-STALE / 1000 - 1))],
  ['a process whose number another has now', () => held(process.ppid).then(() => aged(STALE / 1000 + 1))],
])('the lock of %s is taken over', async (_, left) => {
  await left()
  const release = await lockFolder(folder)
  expect(await holder()).toBe(process.pid)
  expect(await readdir(folder)).toEqual(['run.lock'])
  await release()
  expect(await readdir(folder)).toEqual([])
})

test('any lock is taken over on request, and the former holder leaves the new lock alone', async () => {
  await held(process.ppid)
  const release = await lockFolder(folder, { takeOver: true })
  expect(await holder()).toBe(process.pid)
  await held(process.ppid)
  await release()
  expect(await holder()).toBe(process.ppid)
})

test('the heartbeat goes on while this thread is busy', async () => {
  const release = await lockFolder(folder)
  await aged(3600)
  const { mtimeMs: before } = await stat(join(folder, 'run.lock'))
  const end = Date.now() + 15_000
  let after = before
  while (after === before && Date.now() < end) after = statSync(join(folder, 'run.lock')).mtimeMs
  expect(after).toBeGreaterThan(before)
  await release()
}, 30_000)
