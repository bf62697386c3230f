/** Tasks other than classification train too: a number with metrics that fall, and a position that moves with its picture. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachTask } from '@onebit/core'
import { type Augmentation, batches } from '@onebit/data'
import { evaluate, readRun, renderReport, startEngine, type TrainEvent, type TrainOptions, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TEST_ENGINE } from './test-engine.ts'
import { brightness, brightnessData, brightnessModel, brightnessSet, spot, spotModel, spotSet } from './toy-tasks.ts'

let folder: string
beforeAll(async () => void (await startEngine(TEST_ENGINE)))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-toys-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  data: brightnessData(),
  epochs: 4,
  batchSize: 16,
  seed: 3,
  learningRate: 0.01,
  engine: TEST_ENGINE,
  progress: false,
  ...more,
})

const toBrightness = (norm = false): tf.LayersModel => attachTask(brightnessModel({ norm }), brightness)

describe('a number', () => {
  test('is learned; its metric has its name in events, log, record and report', async () => {
    const steps: TrainEvent[] = []
    const onEvent = (event: TrainEvent): void => void (event.type === 'step' && steps.push(event))
    const model = toBrightness()
    const result = await train(model, options({ out: folder, onEvent, epochs: 24 }))
    expect(result.test!.error).toBeLessThan(0.15)
    expect(result.test!.error).toBeLessThan(0.5 * result.epochs[0].evaluation.error)
    expect(result.epochs[23].training.error).toBeLessThan(result.epochs[0].training.error)
    expect(steps[0]).toMatchObject({ training: { error: expect.any(Number) } })
    // The loss of the last epoch equals that of the model on the test pictures.
    const [{ images, annotations }] = batches(brightnessSet(30, 2), { batchSize: 30, shuffle: false })
    const values = (model.predict(tf.tensor(images, [30, 8, 8, 1])) as tf.Tensor).dataSync()
    const squares = Array.from(values, (value, index) => (value - (annotations[index] as number)) ** 2)
    expect(result.epochs[23].evaluationLoss).toBeCloseTo(squares.reduce((sum, square) => sum + square, 0) / 30, 6)
    const record = await readRun(folder)
    expect(record).toMatchObject({ task: 'brightness', facts: { unit: 'share' }, evaluated: 'test', test: result.test })
    expect(record.metrics.map(({ name }) => name)).toEqual(['error'])
    expect(record.samples[0]).toEqual({
      annotation: expect.stringMatching(/^0\.\d\d$/),
      prediction: expect.stringMatching(/^-?\d\.\d\d$/),
      png: expect.any(String),
    })
    const log = (await readFile(join(folder, 'log.jsonl'), 'utf8')).trim().split('\n')
    expect(JSON.parse(log[7])).toEqual(result.epochs[7])
    const html = renderReport('Noise', record)
    expect(html).toContain('test error')
    expect(html).toContain('<h2 id="brightness">Brightness</h2>')
    expect(html).not.toMatch(/accuracy|class="wrong"/i)
    model.dispose()
  })

  test('is learned by a sequential model, too, which knows its outputs only once it is built', async () => {
    const model = tf.sequential()
    model.add(tf.layers.flatten({ inputShape: [8, 8, 1] }))
    model.add(tf.layers.dense({ name: 'value', units: 1 }))
    const { epochs, test } = await train(model, options({ task: brightness, epochs: 8 }))
    expect(test!.error).toBeLessThan(0.7 * epochs[0].evaluation.error)
    model.dispose()
  })

  test('its own settings reach its targets, and unknown ones are refused', async () => {
    const loss = async (more: object): Promise<number> => {
      const model = toBrightness()
      const { epochs } = await train(model, options({ epochs: 1, learningRate: 1e-12, ...more }))
      model.dispose()
      return epochs[0].loss
    }
    // The same network, the same pictures, targets three times as large.
    expect(await loss({ scale: 3 })).not.toBeCloseTo(await loss({}), 3)
    await expect(loss({ labelSmoothing: 0.1 })).rejects.toThrow(/no option 'labelSmoothing'.*the task 'brightness'/)
  })

  test('is measured by `evaluate`, which finds the task on the model', async () => {
    const model = toBrightness()
    const zeros = model.getWeights().map(({ shape }) => tf.zeros(shape))
    model.setWeights(zeros)
    const set = brightnessSet(30, 2)
    const { values, count, tables } = await evaluate(model, set, { facts: { unit: 'share' } })
    const mean = Array.from(set.annotations).reduce((sum, value) => sum + value, 0) / 30
    expect(values.error).toBeCloseTo(mean, 5)
    expect([count, tables[0].rows]).toEqual([30, [['30']]])
    await expect(evaluate(brightnessModel(), set, { facts: {} })).rejects.toThrow(/The task of the .+ is unknown/)
    tf.dispose(zeros)
    model.dispose()
  })
})

test('an epoch equal to the best counts as not better for patience', async () => {
  const model = toBrightness()
  const { epochs } = await train(model, options({ epochs: 9, patience: 2, learningRate: 1e-30 }))
  expect(epochs.map(({ evaluation }) => evaluation.error)).toEqual(new Array(3).fill(epochs[0].evaluation.error))
  model.dispose()
})

test('a loss is the sum of its terms, each times its weight', async () => {
  const loss = async (losses: TrainOptions['losses']): Promise<number> => {
    const model = toBrightness()
    const { epochs } = await train(model, options({ epochs: 1, learningRate: 1e-30, losses }))
    model.dispose()
    return epochs[0].loss
  }
  const one = await loss(['mean-square' as never])
  const term = (weight?: number, scale = 1) => ({ name: 'mean-square', weight, scale }) as never
  expect(await loss([term(), term(0.25), term(2, 3), term(0)])).toBeCloseTo((1 + 0.25 + 2 * 3) * one, 4)
})

describe('the moving average', () => {
  /** The average that the header of `moving-average.ts` describes, of the weights after every step. */
  async function trained(
    average: number,
  ): Promise<{ weights: number[][]; expected: number[][]; evaluation: number; test: number }> {
    const model = toBrightness()
    const read = (): number[][] => model.getWeights().map((weight) => Array.from(weight.dataSync()))
    let expected: number[][] = []
    let step = 0
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === 'start') expected = read()
      if (type !== 'step') return
      const decay = Math.min(average, (1 + step) / (10 + step))
      step++
      expected = read().map((values, i) => values.map((value, j) => decay * expected[i][j] + (1 - decay) * value))
    }
    const { epochs, test } = await train(model, options({ epochs: 2, average, initialize: 'keep', onEvent }))
    const weights = read()
    model.dispose()
    return { weights, expected, evaluation: epochs[1].evaluation.error, test: test!.error }
  }

  test('is evaluated after an epoch, and is the final model', async () => {
    const { weights, expected, evaluation, test } = await trained(0.9)
    for (const [i, values] of weights.entries()) {
      for (const [j, value] of values.entries()) expect(value).toBeCloseTo(expected[i][j], 4)
    }
    expect(evaluation).toBe(test)
  })

  test('leaks no tensor', async () => {
    const before = tf.memory().numTensors
    const model = toBrightness()
    await train(model, options({ epochs: 1, average: 0.9, clipNorm: 1, optimizer: { name: 'bop', rest: 'sgd' } }))
    model.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  test.each([3, 7, 13])('and the best weights survive an interruption after %i of 16 steps', async (stop) => {
    // The rate overshoots, so that the best epoch is not the last.
    const settings = { epochs: 4, average: 0.3, keep: 'best', learningRate: 2, initialize: 'seeded' } as const
    const ended = async (more: Partial<TrainOptions> = {}) => {
      const model = toBrightness()
      const { epochs } = await train(model, options({ ...settings, checkpoint: { everySteps: 1 }, ...more }))
      const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()))
      model.dispose()
      return { weights, errors: epochs.map(({ evaluation }) => evaluation.error) }
    }
    const whole = await ended()
    expect(Math.min(...whole.errors)).toBeLessThan(whole.errors[3])
    const controller = new AbortController()
    let steps = 0
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === 'step' && ++steps === stop) controller.abort()
    }
    await ended({ out: folder, signal: controller.signal, onEvent })
    expect(await ended({ out: folder, resume: true })).toEqual(whole)
  })
})

describe('a place', () => {
  const data = () => ({ name: 'spots', facts: { sigma: 0.7 }, train: spotSet(128, 1), test: spotSet(40, 2) })
  /** Mirrors a picture, and cuts or extends its border. Positions move, and some leave the picture. */
  const augment: Augmentation[] = [{ type: 'horizontal-flip' }, { type: 'random-crop', size: 8, padding: 2 }]

  async function found(augmented: readonly Augmentation[], mixUp = 0): Promise<number> {
    const { train: set, ...rest } = data()
    const source = batches(set, { batchSize: 16, augment: augmented })
    const model = attachTask(spotModel(), spot)
    const { test, epochs } = await train(
      model,
      options({ data: { ...rest, train: source }, batchSize: undefined, epochs: 30, learningRate: 0.05, mixUp }),
    )
    expect(epochs[7].training).toEqual({})
    model.dispose()
    return test!.found
  }

  test('is learned from a heat-map that expands a compact target, also if pictures move or are blended', async () => {
    expect(await found([])).toBeGreaterThan(0.9)
    expect(await found(augment)).toBeGreaterThan(0.9)
    expect(await found(augment, 0.2)).toBeGreaterThan(0.9)
  })

  test('moves with its picture: after every augmentation, the annotation points to the bright pixel', async () => {
    const { train: set } = data()
    let seen = 0
    for (const batch of batches(set, { batchSize: 16, augment, seed: 4 })) {
      const { TargetEncoder } = await import('../src/targets.ts')
      const encoder = new TargetEncoder({ task: spot, facts: { sigma: 1 }, outputs: {}, input: [8, 8], name: 'spots' })
      const { heat } = encoder.encode(batch).targets
      for (let picture = 0; picture < batch.count; picture++) {
        const [x, y, present] = heat.subarray(3 * picture, 3 * picture + 3)
        if (!present) continue
        seen++
        expect(batch.images[picture * 64 + Math.floor(y) * 8 + Math.floor(x)]).toBeCloseTo(1 / 0.25, 5)
      }
    }
    expect(seen).toBeGreaterThan(64)
  })
})
