/** Early stopping, the best epoch, a validation split, and divergence that must not look like success. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { attachTask, createRegistry, type Task } from '@onebit/core'
import { QuantDense } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import {
  DivergenceError,
  defineOptimizer,
  evaluate,
  Optimizer,
  readRun,
  startEngine,
  type TrainEvent,
  type TrainOptions,
  train,
  type Update,
} from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TEST_ENGINE } from './test-engine.ts'
import { brightness, brightnessData, brightnessModel, brightnessSet } from './toy-tasks.ts'

let folder: string
beforeAll(async () => void (await startEngine(TEST_ENGINE)))
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-stopping-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** With a rate this high, the third epoch is better than the two after it. */
const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  data: { ...brightnessData(), validation: brightnessSet(20, 5) },
  epochs: 8,
  batchSize: 8,
  seed: 1,
  learningRate: 0.1,
  schedule: 'constant',
  engine: TEST_ENGINE,
  progress: false,
  ...more,
})

interface Outcome {
  readonly result: Awaited<ReturnType<typeof train>>
  readonly weights: number[][]
  readonly events: TrainEvent[]
  /** The final model on the validation pictures. */
  readonly error: number
}

async function trained(more: Partial<TrainOptions> = {}, task: Task = brightness): Promise<Outcome> {
  const model = attachTask(brightnessModel(), task)
  const events: TrainEvent[] = []
  try {
    const result = await train(model, options({ onEvent: (event) => events.push(event), ...more }))
    const { values } = await evaluate(model, brightnessSet(20, 5), { task: brightness, facts: { unit: 'share' } })
    const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()))
    return { result, weights, events, error: values.error }
  } finally {
    model.dispose()
  }
}

/** Turns the bias before the sign into NaN. */
class Broken extends Optimizer {
  protected override update({ name, variable }: Update): void {
    if (name === 'hidden/bias') variable.assign(tf.fill(variable.shape, Number.NaN))
  }
}

const errorsOf = ({ result }: Outcome): number[] => result.epochs.map(({ evaluation }) => evaluation.error)

describe('the best epoch', () => {
  test('is kept at the end of a stage if asked for; otherwise the last one is', async () => {
    const last = await trained({ epochs: 5 })
    const best = await trained({ epochs: 5, keep: 'best' })
    expect(errorsOf(best)).toEqual(errorsOf(last))
    const lowest = Math.min(...errorsOf(best))
    // The metric is better if lower. The best epoch must not be the last, or this test would prove nothing.
    expect(errorsOf(best).indexOf(lowest)).toBeLessThan(4)
    expect(last.error).toBe(errorsOf(last)[4])
    expect(best.error).toBe(lowest)
    expect(best.weights).not.toEqual(last.weights)
  })

  test('with averaged weights, the average is kept', async () => {
    const best = await trained({ epochs: 5, keep: 'best', average: 0.1 })
    expect(best.error).toBe(Math.min(...errorsOf(best)))
  })

  test('the stage ends after `patience` epochs without a better one', async () => {
    const whole = errorsOf(await trained())
    const patience = 2
    const stop = whole.findIndex((_, epoch) => {
      const best = whole.slice(0, epoch + 1).indexOf(Math.min(...whole.slice(0, epoch + 1)))
      return epoch - best === patience
    })
    expect(stop).toBeGreaterThan(0)
    expect(stop).toBeLessThan(7)
    const stopped = await trained({ patience })
    expect(errorsOf(stopped)).toEqual(whole.slice(0, stop + 1))
    expect(stopped.result.interrupted).toBe(false)
    const event = stopped.events.find(({ type }) => type === 'stopped')
    expect(event).toEqual({ type: 'stopped', stage: 'training', epoch: stop + 1, best: stop + 1 - patience })
  })

  test('both survive an interruption at any step, bit for bit', async () => {
    const settings = { patience: 2, keep: 'best', average: 0.5 } as const
    const whole = await trained(settings)
    const steps = whole.events.filter(({ type }) => type === 'step').length
    for (const at of [3, 9, 16, steps - 3, steps]) {
      const out = join(folder, `${at}`)
      const controller = new AbortController()
      let done = 0
      const onEvent = ({ type }: TrainEvent): void => {
        if (type === 'step' && ++done === at) controller.abort()
      }
      await trained({ ...settings, out, signal: controller.signal, onEvent })
      const resumed = await trained({ ...settings, out, resume: true })
      expect(resumed.weights, `after step ${at}`).toEqual(whole.weights)
      expect(errorsOf(resumed)).toEqual(errorsOf(whole))
      expect(resumed.result.test).toEqual(whole.result.test)
    }
  })
})

describe('validation pictures', () => {
  test('are used to measure epochs; the test pictures are measured once, at the end', async () => {
    const measured: number[] = []
    const counting: Task = {
      ...brightness,
      runtime: async () => {
        const runtime = await brightness.runtime()
        return {
          ...runtime,
          measure: (facts) => {
            const sums = runtime.measure(facts)
            const index = measured.push(0) - 1
            const add: typeof sums.add = (prediction, annotation) => {
              measured[index]++
              sums.add(prediction, annotation)
            }
            return { ...sums, add }
          },
        }
      },
    }
    const { result, events } = await trained({ epochs: 2, out: folder }, counting)
    expect(measured).toEqual([20, 20, 30])
    expect(events[0]).toMatchObject({ type: 'start', evaluated: 'validation' })
    const record = await readRun(folder)
    expect(record).toMatchObject({ evaluated: 'validation', test: result.test })
    expect(result.test!.error).not.toBe(result.epochs[1].evaluation.error)
  })

  test('must be the same in a resumed run', async () => {
    await trained({ epochs: 1, out: folder })
    const other = { ...brightnessData(), validation: brightnessSet(20, 6) }
    await expect(trained({ epochs: 1, out: folder, resume: true, data: other })).rejects.toThrow(
      /'data.validation.sha256' changed/,
    )
  })
})

describe('divergence', () => {
  test('in the very last step is an error, not a run that looks fine', async () => {
    // A run of one step: its loss is finite, but its update makes weights NaN.
    const attempt = trained({ epochs: 1, batchSize: 64, learningRate: 1e38, out: folder })
    await expect(attempt).rejects.toThrow(DivergenceError)
    await expect(attempt).rejects.toThrow(/output 'value' of the model is not finite/)
    await expect(readRun(folder)).rejects.toThrow(/no run/)
  })

  test('of a weight that a sign hides from every output is an error, too', async () => {
    const broken = defineOptimizer({ name: 'broken', create: () => new Broken() })
    const input = tf.input({ shape: [8, 8, 1] })
    const hidden = tf.layers.dense({ name: 'hidden', units: 4 }).apply(tf.layers.flatten().apply(input))
    const inputQuantizer = createRegistry(quantizers).quantizer('ste-sign')
    const value = new QuantDense({ name: 'value', units: 1, inputQuantizer }).apply(hidden) as tf.SymbolicTensor
    const model = attachTask(tf.model({ inputs: input, outputs: value }), brightness)
    const attempt = train(model, options({ epochs: 1, optimizer: broken, batchSize: 64 }))
    await expect(attempt).rejects.toThrow(/Training diverged in epoch 1: the weight 'hidden\/bias' is not finite/)
    const { values } = await evaluate(model, brightnessSet(4, 1), { facts: {} })
    expect(values.error).not.toBeNaN()
    model.dispose()
  })

  test('of outputs in an evaluation names output and picture', async () => {
    const model = brightnessModel()
    model.setWeights(model.getWeights().map(({ shape }) => tf.fill(shape, Number.NaN)))
    const attempt = evaluate(model, brightnessSet(4, 1), { task: brightness, facts: {} })
    await expect(attempt).rejects.toThrow(DivergenceError)
    await expect(attempt).rejects.toThrow(/output 'value' of the model is not finite for picture 0 of batch 0/)
    model.dispose()
  })
})

test('an interrupted epoch is marked in events, log and record', async () => {
  const controller = new AbortController()
  let steps = 0
  const events: TrainEvent[] = []
  const onEvent = (event: TrainEvent): void => {
    events.push(event)
    if (event.type === 'step' && ++steps === 11) controller.abort()
  }
  const { result } = await trained({ out: folder, signal: controller.signal, onEvent })
  expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(1)
  expect(events.find(({ type }) => type === 'partial')).toMatchObject({ record: { epoch: 2, steps: 3, stepsPerEpoch: 8 } })
  expect((await readFile(join(folder, 'log.jsonl'), 'utf8')).trim().split('\n')).toHaveLength(1)
  const record = await readRun(folder)
  expect(record.epochs).toHaveLength(1)
  expect(record.partial).toEqual(result.partial)
  expect(record.test).toBeUndefined()
})
