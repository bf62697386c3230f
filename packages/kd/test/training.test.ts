/** Training with every kind of teacher: all give the same result, their outputs are stored, and no step or row is lost. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { classification } from '@onebit/classify'
import type { Teacher } from '@onebit/core'
import { batches } from '@onebit/data'
import { frozenTeacher, graphModelTeacher } from '@onebit/kd'
import { readGraphModel, teacherCache } from '@onebit/kd/node'
import { freeze } from '@onebit/layers'
import { decodeCheckpoint, RunError, startEngine, type TrainEvent, type TrainOptions, train, trainStages } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { composeSmall, denseTeacher, registry, stripesData, wideTeacher } from './small-classifier.ts'
import { saveGraphModel } from './small-graph-model.ts'

let folder: string
let messages: string[]

beforeAll(async () => void (await startEngine('wasm')))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-kd-'))
  messages = []
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const LOSSES = ['cross-entropy', { name: 'soft-labels', temperature: 2, weight: 2 }] as const
const ADAPTED = [
  'cross-entropy',
  { name: 'feature-matching', taps: [{ name: 'map', student: 'stage1.block1.conv2.add', teacher: 'wide' }] },
]

const options = (more: Partial<TrainOptions>): TrainOptions => ({
  data: stripesData(),
  registry,
  epochs: 2,
  batchSize: 13,
  seed: 3,
  losses: LOSSES as TrainOptions['losses'],
  engine: 'wasm',
  progress: false,
  ...more,
  onEvent: (event) => {
    if (event.type === 'warning' || event.type === 'note') messages.push(`${event.type}: ${event.message}`)
    more.onEvent?.(event)
  },
})

/** The weights that a binary student ends with. */
async function taught(more: Partial<TrainOptions>): Promise<number[]> {
  const student = composeSmall(true)
  try {
    await train(student, options(more))
    return student.getWeights().flatMap((weight) => Array.from(weight.dataSync()))
  } finally {
    student.dispose()
  }
}

function furthest(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return a.reduce((most, value, index) => Math.max(most, Math.abs(value - b[index])), 0)
}

/** Stops after so many steps. */
function stopAfter(step: number): Pick<TrainOptions, 'signal' | 'onEvent'> {
  const controller = new AbortController()
  let steps = 0
  return {
    signal: controller.signal,
    onEvent: ({ type }: TrainEvent) => void (type === 'step' && ++steps === step && controller.abort()),
  }
}

/** A teacher that counts the pictures it is asked for. */
function counted(teacher: Teacher): Teacher & { readonly pictures: number } {
  let pictures = 0
  return {
    title: teacher.title,
    input: teacher.input,
    outputs: teacher.outputs,
    shapesOf: (names) => teacher.shapesOf(names),
    fingerprint: () => teacher.fingerprint(),
    run: (images, names) => {
      pictures += images.shape[0]
      return teacher.run(images, names)
    },
    dispose: () => teacher.dispose(),
    get pictures() {
      return pictures
    },
  }
}

const denseGraph = async (dense: tf.LayersModel): Promise<Teacher> => {
  const [kernel, bias] = dense.getLayer('logits').getWeights()
  const weights = { kernel: Float32Array.from(kernel.dataSync()), bias: Float32Array.from(bias.dataSync()) }
  return graphModelTeacher(await readGraphModel(await saveGraphModel(join(folder, 'graph'), weights)))
}

describe('a student is taught the same', () => {
  test('by a model and by the graph model, the frozen file and the run of it', async () => {
    const dense = denseTeacher()
    const byModel = await taught({ teacher: dense })
    const untaught = await taught({ losses: ['cross-entropy'] })
    expect(furthest(byModel, untaught)).toBeGreaterThan(1e-3)
    expect(furthest(await taught({ teacher: await denseGraph(dense) }), byModel)).toBeLessThan(1e-4)
    expect(furthest(await taught({ teacher: await frozenTeacher(freeze(dense).graph) }), byModel)).toBeLessThan(1e-3)
    dense.dispose()
  })

  test('by a run, real or binary, whose weights are where they were left', async () => {
    for (const binary of [false, true]) {
      const model = composeSmall(binary)
      const out = join(folder, `run-${binary}`)
      await train(model, { ...options({ losses: undefined, epochs: 1 }), out })
      const byModel = await taught({ teacher: model })
      expect(await taught({ teacher: { run: out } })).toEqual(byModel)
      model.dispose()
    }
    await expect(taught({ teacher: { run: join(folder, 'none') } })).rejects.toThrow(RunError)
  })

  test('by a teacher that sees pictures otherwise, as if they were its own', async () => {
    const dense = denseTeacher()
    const data = stripesData()
    const model = composeSmall(false)
    const own = { ...data, train: { ...data.train, normalization: { mean: 0.5, standardDeviation: 0.5 } } }
    await train(model, { ...options({ losses: undefined, epochs: 1, data: own }), out: join(folder, 'own') })
    // A student of the other normalization; the teacher sees its own.
    const converted = await taught({ teacher: { run: join(folder, 'own') } })
    expect(furthest(converted, await taught({ teacher: model }))).toBeGreaterThan(1e-3)
    const asked: number[] = []
    const spy = { ...counted(await denseGraph(dense)), normalization: { mean: [0.5], standardDeviation: [0.5] } }
    const run = spy.run
    spy.run = async (images, names) => {
      asked.push(images.dataSync()[0])
      return run(images, names)
    }
    await taught({ teacher: spy, epochs: 1 })
    const plain = counted(await denseGraph(dense))
    const seen: number[] = []
    const plainRun = plain.run
    plain.run = async (images, names) => {
      seen.push(images.dataSync()[0])
      return plainRun(images, names)
    }
    await taught({ teacher: plain, epochs: 1 })
    // From (p - 0.4) / 0.25 to (p - 0.5) / 0.5.
    for (const [index, value] of seen.entries()) expect(asked[index]).toBeCloseTo((value * 0.25 + 0.4 - 0.5) / 0.5, 5)
    for (const used of [model, dense]) used.dispose()
  })

  test('by any stage before, by its name', async () => {
    const run = async (teacher: string | { stage: string }): Promise<number[]> => {
      const { model } = await trainStages({
        ...options({ losses: undefined }),
        task: classification,
        compose: ({ binary }) => composeSmall(binary !== 'none'),
        stages: [
          { name: 'real', binary: 'none', epochs: 1 },
          { name: 'other', binary: 'none', epochs: 1, from: 'scratch', learningRate: 0.01 },
          { name: 'binary', epochs: 1, from: 'scratch', teacher, losses: LOSSES as TrainOptions['losses'] },
        ],
      })
      const weights = model.getWeights().flatMap((weight) => Array.from(weight.dataSync()))
      model.dispose()
      return weights
    }
    const byReal = await run('real')
    expect(await run({ stage: 'real' })).toEqual(byReal)
    expect(await run('other')).toEqual(await run('previous'))
    expect(furthest(await run('other'), byReal)).toBeGreaterThan(1e-4)
    await expect(run('reel')).rejects.toThrow(
      /'binary' refuses its option 'teacher'\. Expected previous, real, other.*Did you mean 'real'/,
    )
    await expect(run('binary')).rejects.toThrow(/refuses its option 'teacher'/)
  })

  test('through an adapter that trains, and is no part of its network', async () => {
    const model = wideTeacher()
    const out = join(folder, 'run')
    const adapted = { teacher: model, losses: ADAPTED as unknown as TrainOptions['losses'] }
    const whole = await taught(adapted)
    expect(whole).toHaveLength((await taught({ losses: ['cross-entropy'] })).length)
    await taught({ ...adapted, out, checkpoint: { everySteps: 1 }, ...stopAfter(3) })
    const file = (await readdir(join(out, 'checkpoints'))).sort().at(-1)!
    const { tensors } = decodeCheckpoint(await readFile(join(out, 'checkpoints', file)), file)
    const kernel = tensors.get('distillers/losses.1.feature-matching/map/kernel')!
    expect(kernel.shape).toEqual([4, 6])
    expect([...tensors.keys()]).toContain('optimizer/losses.1.feature-matching/map/kernel:first')
    expect(await taught({ ...adapted, out, resume: true })).toEqual(whole)
    model.dispose()
  })
})

describe('what a teacher gives', () => {
  test('is computed once for every picture, and gives the same bits', async () => {
    const dense = denseTeacher()
    const bare = await taught({ teacher: dense })
    const teacher = counted(await denseGraph(dense))
    const asked = await taught({ teacher })
    // Two epochs of four batches, and the test pictures after each.
    expect(teacher.pictures).toBe(2 * (52 + 16))
    const cacheTeacher = teacherCache(join(folder, 'cache'))
    const once = counted(await denseGraph(dense))
    expect(await taught({ teacher: once, cacheTeacher })).toEqual(asked)
    expect(once.pictures).toBe(52 + 2 * 16)
    expect(messages.at(-1)).toMatch(
      /^note: The outputs of the teacher of stage 'training' are computed once and stored: 1\.04 kB in '.*\.rows', with 0 pictures so far\.$/,
    )
    const never = counted(await denseGraph(dense))
    expect(await taught({ teacher: never, cacheTeacher })).toEqual(asked)
    expect(never.pictures).toBe(2 * 16)
    expect(messages.at(-1)).toMatch(/with 52 pictures so far/)
    // Another kind of teacher has another key, as have other weights.
    expect(await taught({ teacher: dense, cacheTeacher })).toEqual(bare)
    const other = denseTeacher(8)
    await taught({ teacher: other, cacheTeacher, epochs: 1 })
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.endsWith('.rows'))).toHaveLength(3)
    for (const used of [dense, other]) used.dispose()
  })

  test('is not stored if pictures differ between epochs, and the run says so', async () => {
    const dense = denseTeacher()
    const cacheTeacher = teacherCache(join(folder, 'cache'))
    const data = stripesData()
    const augment = [{ type: 'horizontal-flip' as const }]
    const train = batches(data.train, { batchSize: 13, dropLast: true, augment })
    await taught({ teacher: dense, cacheTeacher, epochs: 1, batchSize: undefined, data: { ...data, train } })
    expect(messages).toContainEqual(
      "warning: The outputs of the teacher of stage 'training' are computed in every step and not stored, because its pictures are augmented differently in every epoch (horizontal-flip).",
    )
    await taught({ teacher: dense, cacheTeacher, epochs: 1, mixUp: 0.2 })
    expect(messages.at(-1)).toMatch(/not stored, because its pictures are blended in every step \(mixUp\)/)
    const { fingerprint: _, ...unknown } = batches(data.train, { batchSize: 13, dropLast: true })
    await taught({ teacher: dense, cacheTeacher, epochs: 1, batchSize: undefined, data: { ...data, train: unknown } })
    expect(messages.at(-1)).toMatch(/not stored, because its source does not identify its pictures/)
    await expect(readdir(join(folder, 'cache'))).rejects.toThrow(/ENOENT/)
    await expect(taught({ cacheTeacher, losses: undefined })).rejects.toThrow(/refuses its option 'cacheTeacher'/)
    dense.dispose()
  })

  test.each([2, 5])(
    'is there again for a run that was interrupted after %i of 8 steps, which ends with the same bits',
    async (step) => {
      const dense = denseTeacher()
      const whole = await taught({ teacher: dense })
      const cacheTeacher = teacherCache(join(folder, 'cache'))
      const out = join(folder, 'run')
      const teacher = counted(await denseGraph(dense))
      const kept = await taught({ teacher })
      await taught({ teacher, cacheTeacher, out, checkpoint: { everySteps: 1 }, ...stopAfter(step) })
      const again = counted(await denseGraph(dense))
      expect(await taught({ teacher: again, cacheTeacher, out, resume: true })).toEqual(kept)
      expect(again.pictures).toBe(Math.max(0, 52 - 13 * step) + 16 * (step < 4 ? 2 : 1))
      expect(furthest(kept, whole)).toBeLessThan(1e-4)
      dense.dispose()
    },
  )
})

test('a run is resumed with the same teacher alone', async () => {
  const [dense, other] = [denseTeacher(), denseTeacher(8)]
  const out = join(folder, 'run')
  const teacher = await denseGraph(dense)
  await taught({ teacher, out, checkpoint: { everySteps: 1 }, ...stopAfter(3) })
  await expect(taught({ teacher: await denseGraph(other), out, resume: true })).rejects.toThrow(
    /'stages\.0\.teacher\.weights' changed/,
  )
  for (const used of [dense, other]) used.dispose()
})

test('what cannot be followed is refused before the first step', async () => {
  const dense = denseTeacher()
  const tapped = (tap: object | string, name = 'feature-matching') =>
    taught({ teacher: dense, losses: [{ name, taps: [tap] }] as never })
  await expect(tapped({ name: 'a', student: 'stage1.block1.conv2.ad', teacher: 'flat' })).rejects.toThrow(
    /no layer 'stage1\.block1\.conv2\.ad' to tap\. Did you mean 'stage1\.block1\.conv2\.add'/,
  )
  await expect(tapped({ name: 'a', student: 'stage1.block1.conv2.add', teacher: 'flut' })).rejects.toThrow(
    /no layer 'flut' to tap\. Did you mean 'flat'\?.*Its layers: picture, flat, logits, scores/s,
  )
  await expect(tapped({ name: 'a', student: 'stage1.block1.conv2.add', teacher: 'flat' })).rejects.toThrow(
    /cannot compare the tap 'a'.*two maps/,
  )
  await expect(tapped({ name: 'a', student: 'stage1.block1.conv2.add', teacher: 'flat' }, 'attention-matching')).rejects.toThrow(
    /compares maps, and 'a' of the teacher is none/,
  )
  const input = tf.input({ shape: [4, 4, 1] })
  const scores = tf.layers
    .softmax({ name: 'scores' })
    .apply(tf.layers.dense({ units: 3 }).apply(tf.layers.flatten().apply(input)))
  const small = tf.model({ inputs: input, outputs: scores as tf.SymbolicTensor })
  await expect(taught({ teacher: small })).rejects.toThrow(
    /takes other pictures\. Expected a teacher with pictures of 8x8x1, received a teacher with pictures of 4x4x1/,
  )
  await expect(taught({ teacher: { layersModel: 'x' } as never })).rejects.toThrow(
    /refuses its option 'teacher'.*readLayersModel/s,
  )
  for (const used of [dense, small]) used.dispose()
})

test('no tensor is left behind', async () => {
  const dense = denseTeacher()
  const teacher = await denseGraph(dense)
  const cacheTeacher = teacherCache(join(folder, 'cache'))
  await taught({ teacher, cacheTeacher, epochs: 1 })
  const before = tf.memory().numTensors
  await taught({ teacher, cacheTeacher })
  await taught({ teacher })
  await taught({ teacher: dense })
  expect(tf.memory().numTensors).toBe(before)
  dense.dispose()
})
