/** Calls both entries of training with garbage: see `test/public-functions.ts`. */
import { mkdtempSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import blocks from '@onebit/blocks'
import classify, { classification, classifier } from '@onebit/classify'
import { createRegistry } from '@onebit/core'
import kd from '@onebit/kd'
import { quantizedLayers, registerLayers } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll } from 'vitest'
import { type Trial, type Trials, testPublicFunctions } from '../../../test/public-functions.ts'
import * as browser from './browser.ts'
import { encodeCheckpoint } from './checkpoint/checkpoint-file.ts'
import * as node from './index.ts'
import type { RunRecord } from './run-record.ts'

await tf.setBackend('cpu')
const folder = mkdtempSync(join(tmpdir(), 'onebit-public-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const registry = createRegistry([quantizers, blocks, networks, classify, kd])
const composition = {
  network: { name: 'resnet-small', width: 2, stages: 1 },
  block: 'bi-real',
  activation: 'approx-sign',
  weight: 'ste-sign',
  classes: 2,
  input: [4, 4, 1],
} as const
const compose = (): tf.LayersModel => classifier(registry, composition)
const model = compose()
registerLayers(registry)

const pictures = (count: number) => ({
  images: new Uint8Array(16 * count).fill(100),
  annotations: new Uint8Array(count),
  count,
  shape: [4, 4, 1],
  normalization: { mean: 0, standardDeviation: 1 },
})
const data = {
  name: 'gray',
  facts: { classes: ['a', 'b'] },
  task: 'classify',
  train: pictures(4),
  validation: pictures(2),
  test: pictures(2),
  background: 'dark',
}

/** A temporary folder for functions that write, so that garbage cannot name a folder of the user. */
const below = (path: unknown): unknown => (typeof path === 'string' && path !== '' ? join(folder, path) : path)

const settings = {
  epochs: 1,
  optimizer: 'adam',
  learningRate: 0.01,
  schedule: { name: 'steps', at: [1], factor: 0.5 },
  warmUp: 0,
  weightDecay: 0,
  mixUp: 0,
  clipNorm: 1,
  average: 0,
  reestimateBatchNorm: 0,
  losses: ['cross-entropy', { name: 'soft-labels', weight: 1, temperature: 2 }],
  teacher: model,
  patience: 0,
  keep: 'last',
  labelSmoothing: 0,
}
const stage = {
  ...settings,
  name: 'one',
  binary: 'both',
  network: 'resnet-small',
  block: 'bi-real',
  activation: 'approx-sign',
  weight: 'ste-sign',
  from: 'scratch',
  keepMagnitude: false,
}
/** Aborted from the start, so that huge numbers of epochs cost nothing. */
const common = {
  data,
  task: classification,
  registry,
  batchSize: 2,
  seed: 1,
  initialize: 'seeded',
  engine: 'cpu',
  workers: undefined,
  out: undefined,
  resume: false,
  overwrite: true,
  takeOver: true,
  checkpoint: { everySteps: 1, everySeconds: 60, keep: 2 },
  progress: false,
  onEvent: () => undefined,
  signal: AbortSignal.abort(),
  recipe: { any: 'thing' },
}
type Options = Record<string, unknown>
const kept = (options: unknown): unknown =>
  typeof options === 'object' && options !== null && 'out' in options
    ? { ...options, out: below((options as Options).out) }
    : options

const trainingOf = ({ train, trainStages }: typeof browser): Trials => ({
  train: {
    good: [model, { ...common, ...settings }],
    options: [1],
    call: (given: never, options: never) => train(given, kept(options) as never),
  },
  trainStages: {
    good: [{ ...common, stages: [{ epochs: 1 }], compose }],
    options: [0],
    call: (options: never) => trainStages(kept(options) as never),
  },
  'trainStages().stages': {
    good: [stage],
    options: [0],
    call: (one: never) => trainStages({ ...common, stages: [one], compose } as never),
  },
  'train().data': {
    good: [data],
    call: (given: never) => train(model, { ...common, ...settings, data: given } as never),
  },
  'train().data.train': {
    good: [data.train],
    call: (given: never) => train(model, { ...common, ...settings, data: { ...data, train: given } } as never),
  },
  'train().data.test': {
    good: [data.test],
    call: (given: never) => train(model, { ...common, ...settings, data: { ...data, test: given } } as never),
  },
  'train().losses': {
    good: [{ name: 'soft-labels', weight: 1, taps: undefined, temperature: 2 }],
    options: [0],
    call: (term: never) => train(model, { ...common, ...settings, losses: [term] } as never),
  },
  'train().checkpoint': {
    good: [common.checkpoint],
    options: [0],
    call: (checkpoint: never) => train(model, { ...common, ...settings, checkpoint } as never),
  },
})

const layer = quantizedLayers(model)[0]
const optimizer = { name: 'o', options: {}, create: () => ({}) }
const everywhere: Trials = {
  startEngine: ['cpu'],
  evaluate: { good: [model, data.test, { task: classification, facts: data.facts }], options: [2] },
  FlipRatio: { good: [[layer]], call: (layers: never) => new node.FlipRatio(layers).update() },
  initializeWeights: [model, 1],
  checkSelectors: [model, {}, 'The stage'],
  defineOptimizer: [optimizer],
  scheduleFactor: [{ name: 'steps', at: [1], factor: 0.5 }, 0.5, 2],
  stageQuantizers: {
    good: [
      { binary: 'both', activation: 'ste-sign', weight: 'ste-sign' },
      { activation: 'ste-sign', weight: 'ste-sign' },
    ],
  },
}
const untried = { Optimizer: 'abstract: a plugin creates its subclasses with `create`' }

const record: RunRecord = {
  onebit: 2,
  recipe: {},
  task: 'classify',
  data: 'Pets',
  facts: { classes: ['cat', 'dog'] },
  options: { epochs: 1 },
  stages: [{ name: 'training', epochs: 1 }],
  engine: 'cpu',
  interrupted: false,
  seconds: 1,
  metrics: [{ name: 'accuracy', unit: 'share', better: 'higher', description: 'How often it is right.' }],
  evaluated: 'test',
  epochs: [],
  losses: [{ step: 1, loss: 1 }],
  test: { accuracy: 0.75 },
  tables: [{ title: 'Per class', columns: ['class'], rows: [['cat']] }],
  samples: [{ annotation: 'cat', prediction: 'dog', right: false, png: 'AAAA' }],
  warnings: ['careful'],
}
const section = { title: 'More', note: 'x', columns: ['a'], rows: [['1']] }
const checkpoint = encodeCheckpoint({ state: {}, tensors: new Map([['w', { shape: [1], data: Float32Array.of(1) }]]) })
const saved = { good: [model, 'saved'], call: (given: never, path: never) => node.saveLayersModel(given, below(path) as never) }

beforeAll(async () => {
  await mkdir(join(folder, 'saved'))
  await node.saveLayersModel(model, join(folder, 'saved'))
})

testPublicFunctions(browser, { ...everywhere, ...trainingOf(browser) }, { untried })

const nodeAlone: Record<string, Trial | readonly unknown[]> = {
  decodeCheckpoint: [checkpoint, 'x'],
  saveLayersModel: saved,
  loadSavedModel: { good: ['saved'], call: (path: never) => node.loadSavedModel(below(path) as never) },
  makePlan: {
    good: [{ ...settings, task: classification, registry, batchSize: 2, seed: 1, stages: [{}] }],
    options: [0],
  },
  progressBar: {
    good: [{ isTTY: false, columns: 80, write: () => true }],
    call: (stream: never) => node.progressBar(stream)({ type: 'warning', message: 'x' }),
  },
  readRun: { good: ['nowhere'], call: (path: never) => node.readRun(below(path) as never), refuses: true },
  renderReport: ['A run', record, [section]],
  'renderReport().run': { good: [record], call: (run: never) => node.renderReport('A run', run) },
  'renderReport().own': { good: [section], call: (own: never) => node.renderReport('A run', record, [own]) },
}
const inFolder: Trials = {
  'train().workers': {
    good: [{ count: 1, synchronizeBatchNorm: false, plugins: [] }],
    options: [0],
    call: (workers: never) => node.train(model, { ...common, ...settings, workers } as never),
  },
  'train().out': {
    good: ['run'],
    call: (out: never) => node.train(model, { ...common, ...settings, out: below(out) } as never),
  },
}
testPublicFunctions(node, { ...everywhere, ...trainingOf(node), ...nodeAlone, ...inFolder }, { untried })
