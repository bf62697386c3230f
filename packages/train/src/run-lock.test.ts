import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunError } from './errors.ts'
import { lockFolder } from './run-lock.ts'

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

test('another process that runs keeps its lock', async () => {
  await held(process.ppid)
  await expect(lockFolder(folder)).rejects.toThrow(`Process ${process.ppid} on`)
  expect(JSON.parse(await readFile(join(folder, 'run.lock'), 'utf8')).pid).toBe(process.ppid)
})

test('so does one on another machine, of which nothing is known', async () => {
  await held(1, 'elsewhere.example')
  await expect(lockFolder(folder)).rejects.toThrow(`on 'elsewhere.example'`)
})

test.each([
  ['a process that ended', () => held(spawnSync(process.execPath, ['--version']).pid)],
  ['an earlier process with the number of this one', () => held(process.pid)],
  ['a process that was killed as it wrote', () => leave('{"pi')],
])('the lock of %s is taken over', async (_, left) => {
  await left()
  const release = await lockFolder(folder)
  expect(JSON.parse(await readFile(join(folder, 'run.lock'), 'utf8'))).toEqual({ pid: process.pid, host: hostname() })
  expect(await readdir(folder)).toEqual(['run.lock'])
  await release()
})
