/** A run locks its folder. A second run is refused while the first one trains, and may start when it ends. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RunError, trainStages } from '@onebit/train'
import { expect, test } from 'vitest'
import { smallRun } from './small-run.ts'

test('two runs do not train into one folder', async () => {
  const out = await mkdtemp(join(tmpdir(), 'onebit-locked-'))
  const { stages, ...options } = smallRun()
  const oneStage = { ...options, stages: stages.slice(0, 1), out }
  let second: Promise<unknown> | undefined
  try {
    const { model } = await trainStages({
      ...oneStage,
      onEvent: ({ type }) => {
        if (type === 'step') second ??= trainStages(oneStage).catch((error: unknown) => error)
      },
    })
    model.dispose()
    const refused = await second
    expect(RunError.isInstance(refused), String(refused)).toBe(true)
    expect(String(refused)).toMatch(new RegExp(`Process ${process.pid} on .* is training into`))
    expect(await readdir(out)).not.toContain('run.lock')
    const again = await trainStages({ ...oneStage, overwrite: true })
    again.model.dispose()
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}, 120_000)
