/** Events that must not cost a run: damaged files, full disks, changed options, folders in use. */
import { createHash } from 'node:crypto'
import { existsSync, symlinkSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classification } from '@onebit/classify'
import { FileError } from '@onebit/core'
import {
  CheckpointError,
  decodeCheckpoint,
  RunError,
  readRun,
  startEngine,
  type TrainEvent,
  type TrainStagesOptions,
  trainStages,
} from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { composeSmall, stripesData } from './small-run.ts'
import { TEST_ENGINE } from './test-engine.ts'

let folder: string
let out: string
let checkpoints: string

/** The final weights of the uninterrupted run. */
let whole: number[][]

beforeAll(async () => {
  await startEngine(TEST_ENGINE)
  whole = await weightsOf({ out: undefined })
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-resume-'))
  out = join(folder, 'run')
  checkpoints = join(out, 'checkpoints')
})
afterEach(async () => {
  vi.restoreAllMocks()
  await rm(folder, { recursive: true, force: true })
})

const options = (more: Partial<TrainStagesOptions> = {}): TrainStagesOptions => ({
  data: stripesData(),
  task: classification,
  compose: composeSmall(),
  batchSize: 8,
  seed: 3,
  engine: TEST_ENGINE,
  progress: false,
  stages: [
    { binary: 'activations', epochs: 1 },
    { binary: 'both', epochs: 1 },
  ],
  checkpoint: { everySteps: 1, keep: 3 },
  out,
  ...more,
})

/** Trains with the options until a given step is done. */
async function interruptAfter(step: number, more: Partial<TrainStagesOptions> = {}): Promise<void> {
  const controller = new AbortController()
  let steps = 0
  const onEvent = ({ type }: TrainEvent): void => {
    if (type === 'step' && ++steps === step) controller.abort()
  }
  const { model, result } = await trainStages(options({ signal: controller.signal, onEvent, ...more }))
  expect(result.interrupted).toBe(true)
  model.dispose()
}

async function weightsOf(more: Partial<TrainStagesOptions> = {}): Promise<number[][]> {
  const { model } = await trainStages(options(more))
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()))
  model.dispose()
  return weights
}

/** Every file in the run folder, with the digest of its content. */
async function contents(): Promise<Record<string, string>> {
  const names = await readdir(out, { recursive: true })
  const entries: [string, string][] = []
  for (const name of names.sort()) {
    if ((await stat(join(out, name))).isFile())
      entries.push([
        name,
        createHash('sha256')
          .update(await readFile(join(out, name)))
          .digest('hex'),
      ])
  }
  return Object.fromEntries(entries)
}

describe('resume', () => {
  test.each([5, 13, 20])('interrupted after %i of 26 steps, a run ends with the bits of the uninterrupted one', async (step) => {
    await interruptAfter(step)
    expect((await readRun(out)).interrupted).toBe(true)
    expect(await weightsOf({ resume: true })).toEqual(whole)
    expect((await readRun(out)).epochs.map(({ epoch, stage }) => [epoch, stage])).toEqual([
      [1, 'stage 1'],
      [2, 'stage 2'],
    ])
    expect((await readdir(out)).sort()).toEqual(['log.jsonl', 'model.json', 'run.json', 'weights.bin'])
    expect((await readFile(join(out, 'log.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(2)
  })

  test('the epoch that was interrupted has the flips and the means of a whole one', async () => {
    const timeless = async () => {
      const { epochs } = await readRun(out)
      return epochs.map((record) => ({ ...record, seconds: 0, imagesPerSecond: 0 }))
    }
    await weightsOf({ stages: [{ binary: 'both', epochs: 2 }] })
    const expected = await timeless()
    expect(Math.max(...Object.values(expected[1].flipRatio))).toBeGreaterThan(0)
    await rm(out, { recursive: true })
    await interruptAfter(18, { stages: [{ binary: 'both', epochs: 2 }] })
    await weightsOf({ stages: [{ binary: 'both', epochs: 2 }], resume: true })
    expect(await timeless()).toEqual(expected)
  })

  test('a complete run returns its result again without training', async () => {
    const weights = await weightsOf()
    const before = await contents()
    const events: string[] = []
    expect(await weightsOf({ resume: true, onEvent: ({ type }) => events.push(type) })).toEqual(weights)
    expect(events).toEqual([])
    expect(await contents()).toEqual(before)
    await expect(trainStages(options({ resume: true, seed: 4 }))).rejects.toThrow(/'seed' changed.*Expected 3, received 4/)
  })

  test('checkpoints hold everything by name, and only the last few are kept', async () => {
    await interruptAfter(20)
    const names = (await readdir(checkpoints)).sort()
    expect(names).toEqual(['00000018.safetensors', '00000019.safetensors', '00000020.safetensors'])
    const file = join(checkpoints, names[2])
    const { state, tensors } = decodeCheckpoint<{ stage: number; batches: number }>(await readFile(file), file)
    expect(state).toMatchObject({ stage: 1, batches: 7 })
    expect(tensors.get('weights/stem.conv/kernel')!.shape).toEqual([3, 3, 1, 4])
    expect(tensors.get('weights/stem.norm/moving_variance')!.shape).toEqual([4])
    expect(tensors.get('optimizer/stem.conv/kernel:second')!.shape).toEqual([3, 3, 1, 4])
  })

  test('a damaged checkpoint is skipped with a warning, whatever byte is wrong', async () => {
    await interruptAfter(20)
    const last = join(checkpoints, '00000020.safetensors')
    const bytes = await readFile(last)
    for (const at of [0, 20, Math.floor(bytes.length / 3), bytes.length - 1]) {
      const damaged = Buffer.from(bytes)
      damaged[at] ^= 0x10
      expect(() => decodeCheckpoint(damaged, 'x'), `byte ${at}`).toThrow(CheckpointError)
    }
    await writeFile(last, bytes.subarray(0, bytes.length / 2))
    const warnings: string[] = []
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'warning') warnings.push(event.message)
      if (event.type === 'resume') expect(event.step).toBe(19)
    }
    expect(await weightsOf({ resume: true, onEvent })).toEqual(whole)
    expect(warnings[0]).toMatch(/00000020.*is damaged: its checksum does not match its content/)
    expect(warnings[1]).toMatch(/checkpoint before it.*00000019/)
    expect(JSON.parse(await readFile(join(checkpoints, '..', 'run.json'), 'utf8')).warnings).toEqual(warnings)
  })

  test('if all checkpoints are damaged, there is an error and nothing is overwritten', async () => {
    await interruptAfter(5)
    for (const name of await readdir(checkpoints)) await writeFile(join(checkpoints, name), 'nonsense')
    const before = await contents()
    await expect(trainStages(options({ resume: true }))).rejects.toThrow(/None of the 3 checkpoints/)
    expect(await contents()).toEqual(before)
  })

  test('changed options, data, recipe or model are refused by name, and nothing is overwritten', async () => {
    await interruptAfter(5, { recipe: { network: 'small' } })
    const before = await contents()
    const data = stripesData()
    data.train.images[7] ^= 1
    const changes: [Partial<TrainStagesOptions>, RegExp][] = [
      [{ batchSize: 4 }, /'batchSize' changed. Expected 8, received 4/],
      [{ learningRate: 0.1 }, /'stages.0.learningRate' changed. Expected 0.002, received 0.1/],
      [{ data }, /'data.train.sha256' changed/],
      [{ recipe: { network: 'large' } }, /'recipe.network' changed. Expected "small", received "large"/],
      [{ compose: composeSmall('ste-sign') }, /its model changed/],
    ]
    for (const [change, message] of changes) {
      const attempt = trainStages(options({ resume: true, recipe: { network: 'small' }, ...change }))
      await expect(attempt).rejects.toThrow(CheckpointError)
      await expect(attempt).rejects.toThrow(message)
      expect(await contents()).toEqual(before)
    }
  })
})

describe('a folder that is in use, or cannot be written', () => {
  test('a new run refuses unfinished work until told to overwrite it', async () => {
    await interruptAfter(5)
    const before = await contents()
    await expect(trainStages(options())).rejects.toThrow(RunError)
    await expect(trainStages(options())).rejects.toThrow(/did not finish.*`resume`.*`overwrite`/)
    expect(await contents()).toEqual(before)
    const { model } = await trainStages(options({ overwrite: true }))
    model.dispose()
    expect((await readRun(out)).interrupted).toBe(false)
  })

  test('a full disk ends training with advice; the previous checkpoint is whole, and training continues from it', async () => {
    const builtin = process.getBuiltinModule
    let full = false
    const limited = (name: string): unknown => {
      const files = builtin(name as 'node:fs/promises')
      if (name !== 'node:fs/promises' || !full) return files
      const open = async (...given: Parameters<typeof files.open>): Promise<object> => {
        const file = await files.open(...given)
        const writeFile = async (bytes: Uint8Array): Promise<void> => {
          await file.writeFile(bytes.subarray(0, 100))
          throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        }
        return { writeFile, sync: () => file.sync(), close: () => file.close() }
      }
      return { ...files, open }
    }
    vi.spyOn(process, 'getBuiltinModule').mockImplementation(limited as never)
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'step' && event.stage === 2 && event.step === 4) full = true
    }
    const attempt = trainStages(options({ onEvent }))
    await expect(attempt).rejects.toThrow(FileError)
    await expect(attempt).rejects.toThrow(/00000017.*could not be written.*ENOSPC.*The disk is full; free some space/)
    expect((await readdir(checkpoints)).sort()).toEqual([14, 15, 16].map((step) => `000000${step}.safetensors`))
    full = false
    expect(await weightsOf({ resume: true })).toEqual(whole)
  })

  test.skipIf(!existsSync('/dev/full'))(
    'a log that cannot grow is told as a full disk, and the run goes on from there',
    async () => {
      const onEvent = (event: TrainEvent): void => {
        if (event.type === 'step' && event.epoch === 1 && event.step === 12) symlinkSync('/dev/full', join(out, 'log.jsonl'))
      }
      const attempt = trainStages(options({ onEvent }))
      await expect(attempt).rejects.toThrow(FileError)
      await expect(attempt).rejects.toThrow(/log.jsonl' could not be written.*ENOSPC.*The disk is full; free some space/)
      await rm(join(out, 'log.jsonl'))
      expect(await weightsOf({ resume: true })).toEqual(whole)
    },
  )

  test('a folder that cannot hold checkpoints is found before the first step', async () => {
    await trainStages(options({ signal: AbortSignal.abort() })).then(({ model }) => model.dispose())
    await rm(checkpoints, { recursive: true })
    await writeFile(checkpoints, 'in the way')
    const events: string[] = []
    await expect(trainStages(options({ onEvent: ({ type }) => events.push(type) }))).rejects.toThrow(FileError)
    expect(events).not.toContain('step')
  })
})

test('stages and failures leak no tensor', async () => {
  const before = tf.memory().numTensors
  await weightsOf({ out: undefined, stages: [...options().stages, { binary: 'both', epochs: 1, teacher: 'previous' }] })
  expect(tf.memory().numTensors).toBe(before)
})
