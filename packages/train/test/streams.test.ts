/** Training from streams of batches. Files give the same bits as memory, and streams handle cases that memory does not have. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { classification } from '@onebit/classify'
import { AnnotationError, createRegistry, InputError, OptionError } from '@onebit/core'
import { type BatchSource, batches, type ImageSet, imageBatches, imageFolder } from '@onebit/data'
import kd from '@onebit/kd'
import {
  evaluate,
  readRun,
  startEngine,
  type TrainEvent,
  type TrainingData,
  type TrainStagesOptions,
  trainStages,
} from '@onebit/train'
import { build } from 'esbuild'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { composeSmall, stripesData } from './small-run.ts'
import { TEST_ENGINE } from './test-engine.ts'

let folder: string
let out: string
beforeAll(async () => {
  await startEngine(TEST_ENGINE)
  folder = await mkdtemp(join(tmpdir(), 'onebit-streams-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))
beforeEach(async () => {
  out = await mkdtemp(join(folder, 'run-'))
})

const memory = stripesData()

/** The batches of a set as a stream: asynchronous, with delays. `skip` leaves out the batches with these numbers. */
function streamOf(set: ImageSet, options: Parameters<typeof batches>[1], skip: readonly number[] = []): BatchSource {
  const source = batches(set, options)
  return {
    ...source,
    async *epoch(first?: number) {
      for (const batch of source.epoch(first)) {
        await new Promise((resolve) => setImmediate(resolve))
        if (!skip.includes(batch.index)) yield batch
      }
    },
  }
}

function streams(skip: readonly number[] = []): TrainingData {
  return {
    ...memory,
    train: streamOf(memory.train, { batchSize: 8, dropLast: true, seed: 99 }, skip),
    test: streamOf(memory.test, { batchSize: 100, shuffle: false }),
  }
}

const options = (data: TrainingData, more: Partial<TrainStagesOptions> = {}): TrainStagesOptions => ({
  data,
  task: classification,
  registry: createRegistry([kd]),
  compose: composeSmall(),
  seed: 3,
  engine: TEST_ENGINE,
  progress: false,
  stages: [
    { binary: 'activations', epochs: 1, mixUp: 0.3, labelSmoothing: 0.1 },
    {
      binary: 'both',
      epochs: 2,
      reestimateBatchNorm: 3,
      teacher: 'previous',
      losses: ['cross-entropy', { name: 'soft-labels' }],
    },
  ],
  checkpoint: { everySteps: 1 },
  ...more,
})

async function weightsOf(given: TrainStagesOptions): Promise<number[][]> {
  const { model } = await trainStages(given)
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()))
  model.dispose()
  return weights
}

async function interruptAfter(step: number, data: TrainingData): Promise<void> {
  const controller = new AbortController()
  let steps = 0
  const onEvent = ({ type }: TrainEvent): void => {
    if (type === 'step' && ++steps === step) controller.abort()
  }
  const { model, result } = await trainStages(options(data, { out, signal: controller.signal, onEvent }))
  expect(result.interrupted).toBe(true)
  model.dispose()
}

describe('a stream', () => {
  test('trains, evaluates and samples like the same images in memory, bit for bit', async () => {
    const other = await mkdtemp(join(folder, 'memory-'))
    const expected = await weightsOf(options(memory, { batchSize: 8, out: other }))
    expect(await weightsOf(options(streams(), { out }))).toEqual(expected)
    const [streamed, inMemory] = await Promise.all([out, other].map(readRun))
    const timeless = (run: typeof streamed) => run.epochs.map((record) => ({ ...record, seconds: 0, imagesPerSecond: 0 }))
    expect(timeless(streamed)).toEqual(timeless(inMemory))
    expect(streamed.samples).toEqual(inMemory.samples)
    // Six pictures of each of three classes.
    expect(streamed.samples).toHaveLength(18)
    expect(streamed.normalization).toEqual(memory.train.normalization)
    expect(streamed.options.batchSize).toBe(8)
  })

  test.each([5, 13, 30])('interrupted after %i of 39 steps and resumed, it ends with the same bits', async (step) => {
    const whole = await weightsOf(options(streams()))
    await interruptAfter(step, streams())
    expect(await weightsOf(options(streams(), { out, resume: true }))).toEqual(whole)
  })

  test('that leaves out whole batches resumes at the right one', async () => {
    const skip = [2, 3, 12]
    const whole = await weightsOf(options(streams(skip)))
    for (const step of [2, 3, 11, 14]) {
      await interruptAfter(step, streams(skip))
      expect(await weightsOf(options(streams(skip), { out, resume: true })), `after ${step}`).toEqual(whole)
    }
  })

  test('is scored by `evaluate`, as a set in memory is', async () => {
    const model = await composeSmall()({})
    const scores = await Promise.all([memory.test, streams().test].map((images) => evaluate(model, images, memory)))
    expect(scores[0]).toEqual(scores[1])
    expect(scores[0].count).toBe(40)
    model.dispose()
  })
})

describe('data that cannot be trained on', () => {
  const failing = (data: TrainingData, more: Partial<TrainStagesOptions> = {}) => expect(trainStages(options(data, more))).rejects

  test('a label outside the classes is refused with the number of its batch', async () => {
    const bad = { ...memory.train, annotations: memory.train.annotations.map((label, index) => (index === 50 ? 3 : label)) }
    const train = streamOf(bad, { batchSize: 8, shuffle: false })
    await failing({ ...memory, train }).toThrow(AnnotationError)
    await failing({ ...memory, train }).toThrow(/picture \d+ in batch \d+ of 'stripes'.*received 3/)
    await failing({ ...memory, test: bad }).toThrow(AnnotationError)
  })

  test('images of another size, other classes, no batch, another batch size', async () => {
    const small = batches({ ...memory.train, shape: [4, 16, 1] }, { batchSize: 8 })
    await failing({ ...memory, train: small }).toThrow(
      /does not take the 'train' images.*Expected images of 8x8x1, received 4x16x1/,
    )
    await failing({ ...memory, facts: { classes: ['a', 'b'] } }).toThrow(InputError)
    await failing({ ...memory, task: 'segment' }).toThrow(
      /annotated for another task. Expected annotations for the task 'classify', received 'segment'/,
    )
    const none = batches(memory.train, { batchSize: 200, dropLast: true })
    await failing({ ...memory, train: none }).toThrow(/'train' part of 'stripes' gives no batch/)
    await failing(streams(), { batchSize: 16 }).toThrow(OptionError)
    await failing(streams(), { batchSize: 16 }).toThrow(/Expected 8, or no batch size, received 16/)
  })

  test('a resumed run refuses other images', async () => {
    await interruptAfter(5, streams())
    const other = { ...memory.train, images: memory.train.images.with(7, 1) }
    const changed = { ...streams(), train: streamOf(other, { batchSize: 8, dropLast: true }) }
    await failing(changed, { out, resume: true }).toThrow(/'data.train.sha256' changed/)
  })
})

describe('image files', () => {
  const require = createRequire(fileURLToPath(new URL('../../data/package.json', import.meta.url)))
  const sharpPath = require.resolve('sharp')
  let worker: URL
  let files: string

  beforeAll(async () => {
    const { default: sharp } = await import(pathToFileURL(sharpPath).href)
    files = join(folder, 'files')
    const { train } = memory
    const classes = memory.facts.classes as readonly string[]
    for (let index = 0; index < 48; index++) {
      const below = join(files, classes[train.annotations[index]])
      await mkdir(below, { recursive: true })
      const pixels = train.images.subarray(index * 64, (index + 1) * 64)
      const raw = { width: 8, height: 8, channels: 1 } as const
      await writeFile(join(below, `${index}.png`), await sharp(pixels, { raw }).toColourspace('b-w').png().toBuffer())
    }
    worker = pathToFileURL(join(folder, 'decode-worker.mjs'))
    const entry = fileURLToPath(new URL('../../data/src/images/decode-worker.ts', import.meta.url))
    const outfile = fileURLToPath(worker)
    const conditions = ['@onebit/source']
    await build({ entryPoints: [entry], bundle: true, platform: 'node', format: 'esm', conditions, outfile })
  })

  async function fileData(badFiles: 'throw' | 'skip' = 'throw'): Promise<TrainingData> {
    const images = await imageFolder(files)
    const { normalization } = memory.train
    const augment = [{ type: 'random-crop', size: 8, padding: 1 } as const]
    const common = { size: 8, channels: 1, batchSize: 8, normalization, workers: 1, sharp: sharpPath, worker, badFiles } as const
    return {
      name: 'files',
      facts: images.facts,
      train: imageBatches(images, { ...common, augment }),
      test: imageBatches(images, { ...common, augment: [{ type: 'center-crop', size: 8 }], shuffle: false }),
    }
  }

  test('train, and resume inside an epoch with the same bits; a bad file is counted and reported once', {
    timeout: 60_000,
  }, async () => {
    const stages = [{ epochs: 2 }]
    const whole = await weightsOf(options(await fileData(), { stages }))
    const controller = new AbortController()
    const onEvent = (event: TrainEvent): void => {
      if (event.type === 'step' && event.epoch === 2 && event.step === 2) controller.abort()
    }
    const first = await trainStages(options(await fileData(), { stages, out, signal: controller.signal, onEvent }))
    first.model.dispose()
    expect(await weightsOf(options(await fileData(), { stages, out, resume: true }))).toEqual(whole)
    expect((await readRun(out)).samples).toHaveLength(18)
    expect(existsSync(join(out, 'checkpoints'))).toBe(false)

    await writeFile(join(files, (memory.facts.classes as readonly string[])[0], 'broken.png'), 'no image')
    await expect(trainStages(options(await fileData(), { stages }))).rejects.toThrow(/broken.png/)
    const warnings: string[] = []
    const listen = (event: TrainEvent): void => {
      if (event.type === 'warning') warnings.push(event.message)
    }
    const { model } = await trainStages(options(await fileData('skip'), { stages, onEvent: listen }))
    model.dispose()
    expect(warnings).toEqual([
      expect.stringMatching(/^1 of the training files was left out: .*broken.png/),
      expect.stringMatching(/^1 of the test files was left out: .*broken.png/),
    ])
  })
})
