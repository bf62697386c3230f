/** Training a tiny network on one engine: it learns, saves, stops when told, and names what diverged. */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import blocks from '@onebit/blocks'
import classify, { classification, classifier } from '@onebit/classify'
import { createRegistry, FileError, OptionError } from '@onebit/core'
import { fashionMnist } from '@onebit/data'
import { quantizedLayers, registerLayers } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { TEST_ENGINE } from '../test/test-engine.ts'
import { startEngine } from './engine.ts'
import { DivergenceError, RunError } from './errors.ts'
import type { TrainEvent } from './events.ts'
import { train } from './index.ts'
import { loadSavedModel } from './model-files.ts'
import { readRun } from './read-run.ts'
import { renderReport } from './report/report.ts'
import type { TrainOptions } from './train.ts'
import type { TrainingData } from './training-data.ts'

const registry = createRegistry([quantizers, blocks, networks, classify])
let data: TrainingData
let folder: string

beforeAll(async () => {
  await startEngine(TEST_ENGINE)
  const full = await fashionMnist()
  data = { ...full, train: { ...full.train, count: 640 }, test: { ...full.test, count: 200 } }
})

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'onebit-train-'))
})

afterEach(() => rm(folder, { recursive: true, force: true }))

function tiny(): tf.LayersModel {
  return classifier(registry, {
    network: { name: 'resnet-small', width: 8, stages: 2 },
    block: 'bi-real',
    activation: 'approx-sign',
    weight: 'magnitude-aware-sign',
    classes: 10,
    input: [28, 28, 1],
  })
}

const options = (more: Partial<TrainOptions> = {}): TrainOptions => ({
  data,
  epochs: 2,
  batchSize: 32,
  learningRate: 5e-3,
  engine: TEST_ENGINE,
  progress: false,
  ...more,
})

describe('train', () => {
  test('the loss falls, every event arrives, and latent weights stay clipped', async () => {
    const events: TrainEvent[] = []
    const model = tiny()
    const { epochs, losses, interrupted, engine } = await train(model, options({ onEvent: (event) => events.push(event) }))
    expect(epochs).toHaveLength(2)
    expect(epochs[1].loss).toBeLessThan(0.9 * epochs[0].loss)
    expect(epochs[1].training.accuracy).toBeGreaterThan(epochs[0].training.accuracy)
    expect(interrupted).toBe(false)
    expect(engine).toMatch(new RegExp(`^${TEST_ENGINE}: `))
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(40)
    expect(events[0]).toMatchObject({ type: 'start', stepsPerEpoch: 20, batchSize: 32 })
    expect(events.at(-1)).toEqual({ type: 'end', interrupted: false })
    expect(losses).toHaveLength(40)
    expect(Object.keys(epochs[0].flipRatio)).toEqual(quantizedLayers(model).map(({ name }) => name))
    for (const ratio of Object.values(epochs[0].flipRatio)) expect(ratio).toBeGreaterThan(0)
    for (const layer of quantizedLayers(model)) expect(tf.max(tf.abs(layer.latentWeights!)).dataSync()[0]).toBeLessThanOrEqual(1)
  })

  test('a step leaks no tensor', async () => {
    const model = tiny()
    const counts: number[] = []
    await train(model, options({ epochs: 1, onEvent: ({ type }) => type === 'step' && counts.push(tf.memory().numTensors) }))
    expect(new Set(counts).size).toBe(1)
  })

  test('label smoothing and a model without a softmax layer learn as much', async () => {
    const input = tf.input({ shape: [28, 28, 1] })
    const flat = tf.layers.flatten().apply(input)
    const model = tf.model({
      inputs: input,
      outputs: tf.layers.dense({ name: 'scores', units: 10, activation: 'softmax' }).apply(flat) as tf.SymbolicTensor,
    })
    const { epochs, test } = await train(
      model,
      options({ labelSmoothing: 0.1, schedule: 'cosine', task: classification, epochs: 4, seed: 1 }),
    )
    const last = epochs[3]
    // The loss cannot fall below the entropy of a smoothed target: 0.91 for the right class, 0.01 for each of the others.
    const entropy = -(0.91 * Math.log(0.91) + 9 * 0.01 * Math.log(0.01))
    expect(last.loss).toBeGreaterThan(entropy)
    expect(last.loss).toBeLessThan(entropy + 0.7)
    expect(last.training.accuracy).toBeGreaterThan(0.75)
    expect(test!.accuracy).toBeGreaterThan(0.65)
    expect(test).toEqual(last.evaluation)
  })

  test('an abort stops after the current step and keeps the trained weights', async () => {
    const controller = new AbortController()
    let steps = 0
    const onEvent = ({ type }: TrainEvent): void => {
      if (type === 'step' && ++steps === 3) controller.abort()
    }
    const { interrupted, epochs, partial } = await train(tiny(), options({ signal: controller.signal, onEvent, out: folder }))
    expect({ interrupted, steps, epochs: epochs.length }).toEqual({ interrupted: true, steps: 3, epochs: 0 })
    expect(partial).toMatchObject({ epoch: 1, steps: 3, stepsPerEpoch: 20 })
    expect(existsSync(join(folder, 'log.jsonl'))).toBe(false)
    expect((await readRun(folder)).interrupted).toBe(true)
    registerLayers(registry)
    expect((await loadSavedModel(folder)).outputs[0].shape).toEqual([null, 10])
  })

  test('divergence names the variable', async () => {
    const model = tiny()
    const kernel = model.getLayer('stem.conv').getWeights()[0]
    model.getLayer('stem.conv').setWeights([tf.fill(kernel.shape, Number.NaN)])
    const failure = train(model, options())
    await expect(failure).rejects.toThrow(DivergenceError)
    await expect(failure).rejects.toThrow(/epoch 1, step 1.*stem\.conv/)
  })

  test('bad options and an unusable folder are refused before any work', async () => {
    for (const bad of [{ epochs: 0 }, { batchSize: 0.5 }, { learningRate: Number.NaN }, { schedule: 'steep' as never }]) {
      await expect(train(tiny(), options(bad)), JSON.stringify(bad)).rejects.toThrow(OptionError)
    }
    await writeFile(join(folder, 'file'), '')
    await expect(train(tiny(), options({ out: join(folder, 'file', 'run') }))).rejects.toThrow(FileError)
  })
})

describe('run folder', () => {
  test('holds the model, the log and the record; the model loads and predicts the same', async () => {
    const model = tiny()
    const result = await train(model, options({ epochs: 2, out: folder, recipe: { network: 'resnet-small' } }))
    expect((await readdir(folder)).sort()).toEqual(['log.jsonl', 'model.json', 'run.json', 'weights.bin'])
    const log = (await readFile(join(folder, 'log.jsonl'), 'utf8')).trim().split('\n')
    expect(log.map((line) => JSON.parse(line))).toEqual(result.epochs)
    const run = await readRun(folder)
    expect(run).toMatchObject({ recipe: { network: 'resnet-small' }, interrupted: false, epochs: result.epochs })
    registerLayers(registry)
    const loaded = await loadSavedModel(folder)
    const x = tf.randomNormal([4, 28, 28, 1])
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...(model.predict(x) as tf.Tensor).dataSync()])

    const html = renderReport('A <run>', run, [{ title: 'Results', columns: ['a'], rows: [['1 & 2']] }])
    expect(html).toContain('A &lt;run&gt;')
    expect(html).toContain('1 &amp; 2')
    // Four charts of the run, six of the layers, and a histogram for each of the four binary convolutions.
    expect(html.match(/<svg role="img"/g)).toHaveLength(4 + 6 + 4)
    // Two pictures of each of ten classes.
    expect(html.match(/<img/g)).toHaveLength(20)
    expect(html).toContain('>Run it again</h2>')
    expect(renderReport('A run of a program', { ...run, recipe: null })).not.toContain('Run it again')
    expect(html).not.toMatch(/<script|(src|href)="(?!data:|#)|@import/)
  })

  test('a folder without a run or without a model is refused', async () => {
    await expect(readRun(folder)).rejects.toThrow(RunError)
    await expect(loadSavedModel(folder)).rejects.toThrow(/no trained model/)
    await writeFile(join(folder, 'run.json'), '{"onebit": 3}')
    await expect(readRun(folder)).rejects.toThrow(/not a run of this version/)
  })
})
