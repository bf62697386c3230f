/** A run that is refused before its first step leaves nothing: no folder, and no folder above it. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OnebitError } from '@onebit/core'
import { trainStages } from '@onebit/train'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { smallRun } from './small-run.ts'

const root = await mkdtemp(join(tmpdir(), 'onebit-refused-'))
afterAll(() => rm(root, { recursive: true, force: true }))
beforeEach(async () => {
  await rm(root, { recursive: true, force: true })
  await mkdir(root)
})

const { stages, ...options } = smallRun()
const oneStage = { ...options, stages: stages.slice(0, 1) }
type Options = Parameters<typeof trainStages>[0]
const other = { ...options.data, facts: { classes: ['only one'] } }

const REFUSED: readonly [what: string, change: Partial<Options>][] = [
  ['an engine that there is not', { engine: 'abacus' as never }],
  ['an engine that does not start on several threads', { engine: 'webgpu', workers: 2 }],
  ['a number of threads that the batch does not divide by', { workers: 7 }],
  ['a model that does not compose', { compose: () => Promise.reject(new OnebitError({ what: 'No such model.' })) }],
  ['a model of other classes than the data', { data: other as never }],
  ['a teacher that is not there', { stages: [{ ...stages[0], teacher: join(root, 'none') } as never] }],
  ['no checkpoint to resume, and a model that does not compose', { resume: true, compose: () => ({}) as never }],
]

test.each(REFUSED)('%s', async (_, change) => {
  const out = join(root, 'runs', 'first')
  await expect(trainStages({ ...oneStage, out, ...change })).rejects.toThrow(OnebitError)
  expect(await readdir(root)).toEqual([])
})

test('a folder that was there, or that holds something, stays', async () => {
  const [empty, full] = [join(root, 'empty'), join(root, 'full')]
  await mkdir(empty)
  await mkdir(full)
  await writeFile(join(full, 'notes.txt'), 'mine')
  for (const out of [empty, full]) {
    await expect(trainStages({ ...oneStage, out, engine: 'abacus' as never })).rejects.toThrow(OnebitError)
  }
  expect((await readdir(root)).sort()).toEqual(['empty', 'full'])
  expect(await readdir(full)).toEqual(['notes.txt'])
})
