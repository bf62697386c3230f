/**
 * Distillers with learned variables. They are seeded, train with the student, are kept in checkpoints, and are not part of its
 * model.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@onebit/core'
import { decodeCheckpoint, startEngine, type TrainEvent, type TrainOptions, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { adaptedFeatures } from './adapted-features.ts'
import { TEST_ENGINE } from './test-engine.ts'
import { brightness, brightnessData, brightnessModel } from './toy-tasks.ts'
import { wideTeacher } from './wide-teacher.ts'

let folder: string
let teacher: tf.LayersModel

beforeAll(async () => void (await startEngine(TEST_ENGINE)))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-distillers-'))
  teacher = wideTeacher()
})
afterEach(async () => {
  teacher.dispose()
  await rm(folder, { recursive: true, force: true })
})

const term = {
  name: 'adapted-features',
  weight: 0.5,
  taps: [{ name: 'hidden', student: 'hidden', teacher: 'wide.drop' }],
} as const

const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  data: brightnessData(),
  task: brightness,
  registry: createRegistry([adaptedFeatures]),
  epochs: 2,
  batchSize: 16,
  seed: 7,
  weightDecay: 1e-3,
  teacher,
  losses: ['mean-square' as never, term as never],
  engine: TEST_ENGINE,
  progress: false,
  ...more,
})

async function weightsAfter(more: Partial<TrainOptions> = {}): Promise<number[][]> {
  const model = brightnessModel()
  await train(model, options(more))
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()))
  model.dispose()
  return weights
}

async function lastCheckpoint(): Promise<ReturnType<typeof decodeCheckpoint>> {
  const files = (await readdir(join(folder, 'run', 'checkpoints'))).sort()
  const file = join(folder, 'run', 'checkpoints', files.at(-1)!)
  return decodeCheckpoint(await readFile(file), file)
}

const adapter = 'distillers/losses.1.adapted-features/hidden_kernel'

async function interruptAfter(step: number): Promise<void> {
  const controller = new AbortController()
  let steps = 0
  const onEvent = ({ type }: TrainEvent): void => {
    if (type === 'step' && ++steps === step) controller.abort()
  }
  await weightsAfter({ out: join(folder, 'run'), signal: controller.signal, onEvent, checkpoint: { everySteps: 1 } })
}

describe('variables of a distiller', () => {
  test('are drawn by the seed, train with the student, and are in checkpoints with their moments', async () => {
    await interruptAfter(1)
    const first = (await lastCheckpoint()).tensors.get(adapter)!
    expect(first.shape).toEqual([4, 7])
    await rm(join(folder, 'run'), { recursive: true })
    await interruptAfter(3)
    const { tensors } = await lastCheckpoint()
    expect(tensors.get(adapter)!.data).not.toEqual(first.data)
    expect([...tensors.keys()]).toContain('optimizer/losses.1.adapted-features/hidden_kernel:first')
    expect([...tensors.keys()].filter((name) => name.startsWith('weights/'))).not.toContain(expect.stringContaining('adapted'))
  })

  test.each([1, 3, 6])('interrupted after %i of 8 steps, a run ends with the bits of the uninterrupted one', async (step) => {
    const whole = await weightsAfter()
    await interruptAfter(step)
    expect(await weightsAfter({ out: join(folder, 'run'), resume: true })).toEqual(whole)
    // Without the restored adapter the bits would differ.
    expect(await weightsAfter({ seed: 8 })).not.toEqual(whole)
  })

  test('the teacher runs in inference mode and does not change', async () => {
    const before = teacher.getWeights().map((weight) => Array.from(weight.dataSync()))
    const first = await weightsAfter()
    expect(teacher.getWeights().map((weight) => Array.from(weight.dataSync()))).toEqual(before)
    // Dropout would differ from call to call.
    expect(await weightsAfter()).toEqual(first)
    const losses: number[] = []
    const model = brightnessModel()
    const onEvent = (event: TrainEvent): void => void (event.type === 'step' && losses.push(event.loss))
    await train(
      model,
      options({
        epochs: 1,
        learningRate: 1e-20,
        batchSize: 64,
        losses: [{ ...term, deviation: 0, weight: 1 } as never],
        onEvent,
      }),
    )
    // An adapter of zeros leaves the mean square of the teacher's outputs in inference.
    const data = brightnessData()
    const floats = Float32Array.from(data.train.images, (pixel) => (pixel / 255 - 0.5) / 0.25)
    const features = tf.model({ inputs: teacher.inputs, outputs: teacher.getLayer('wide.drop').output as tf.SymbolicTensor })
    const expected = tf.tidy(
      () => tf.mean(tf.square(features.predict(tf.tensor(floats, [64, 8, 8, 1])) as tf.Tensor)).dataSync()[0],
    )
    expect(losses[0]).toBeCloseTo(expected, 4)
    model.dispose()
  })

  test('a resumed run must have the same teacher with the same weights', async () => {
    await interruptAfter(3)
    const [kernel] = teacher.getLayer('wide').getWeights()
    const other = tf.add(kernel, 0.01)
    teacher.getLayer('wide').setWeights([other, ...teacher.getLayer('wide').getWeights().slice(1)])
    other.dispose()
    await expect(weightsAfter({ out: join(folder, 'run'), resume: true })).rejects.toThrow(/'stages.0.teacher.weights' changed/)
  })

  test('no tensor leaks', async () => {
    const before = tf.memory().numTensors
    await weightsAfter()
    expect(tf.memory().numTensors).toBe(before)
  })
})
