/** Trains on threads in a separate process, once for every trial, and prints the results as one line of JSON. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry, defineQuantizer, thresholdAtZero } from '@onebit/core'
import { startEngine, type TrainOptions, type TrainStagesOptions, train, trainStages } from '@onebit/train'
import * as tf from '@tensorflow/tfjs-core'
import { ThreadTeam } from '../src/parallel/thread-team.ts'
import { adaptedFeatures } from './adapted-features.ts'
import { composeSmall, smallRun, stripesData } from './small-run.ts'
import { brightness, brightnessData, brightnessModel } from './toy-tasks.ts'
import { wideTeacher } from './wide-teacher.ts'

const plugins = [new URL('./plugins.js', import.meta.url)]

/** The loss of every step of a real network with BatchNorm and without dropout. */
async function curve(workers: TrainOptions['workers']): Promise<number[]> {
  const losses: number[] = []
  const compose = composeSmall()
  const model = await compose({ binary: 'none' })
  const { losses: points } = await train(model, {
    data: stripesData(),
    batchSize: 13,
    epochs: 4,
    seed: 5,
    optimizer: 'sgd',
    learningRate: 0.05,
    mixUp: 0.2,
    labelSmoothing: 0.1,
    clipNorm: 1,
    progress: false,
    engine: 'wasm',
    workers,
  })
  for (const { loss } of points) losses.push(loss)
  model.dispose()
  return losses
}

/** Three stages with every option that has state. */
async function staged(options: Partial<TrainStagesOptions>): Promise<string> {
  const { model } = await trainStages({ ...smallRun(), workers: { count: 2, plugins }, ...options })
  const values = model.getWeights().flatMap((weight) => Array.from(weight.dataSync()))
  model.dispose()
  return Buffer.from(Float32Array.from(values).buffer).toString('base64')
}

/** A task, loss and distiller from a third party, whose variable trains too, without BatchNorm. */
async function strangers(workers: TrainOptions['workers'], more: Partial<TrainOptions> = {}): Promise<number[]> {
  const model = brightnessModel()
  const teacher = wideTeacher()
  const taps = [{ name: 'hidden', student: 'hidden', teacher: 'wide' }]
  await train(model, {
    data: brightnessData(),
    task: brightness,
    registry: createRegistry([adaptedFeatures]),
    epochs: 2,
    batchSize: 16,
    seed: 7,
    mixUp: 0.3,
    scale: 2,
    optimizer: 'sgd',
    learningRate: 1e-3,
    teacher,
    losses: ['mean-square', { name: 'adapted-features', taps }],
    progress: false,
    engine: 'wasm',
    workers,
    ...more,
  } as TrainOptions)
  const values = model.getWeights().flatMap((weight) => Array.from(weight.dataSync()))
  for (const used of [model, teacher]) used.dispose()
  return values
}

const strange = { count: 2, plugins: [new URL('./strangers.js', import.meta.url)] }

async function strangersResumed(folder: string): Promise<number[]> {
  const out = join(folder, 'strangers')
  const abort = new AbortController()
  let steps = 0
  await strangers(strange, {
    out,
    signal: abort.signal,
    onEvent: ({ type }) => type === 'step' && ++steps === 3 && abort.abort(),
  })
  return strangers(strange, { out, resume: true })
}

/** A quantizer that no module exports. */
const unlisted = defineQuantizer({
  name: 'unlisted-sign',
  for: ['weight'],
  forward: (x) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1),
  gradient: (x) => tf.onesLike(x),
  freeze: () => thresholdAtZero,
})

/** Aborts after a number of steps, then resumes. */
async function interrupted(folder: string, steps: number): Promise<string> {
  const out = join(folder, `after-${steps}`)
  const abort = new AbortController()
  let done = 0
  const onEvent: TrainStagesOptions['onEvent'] = (event) => {
    if (event.type === 'step' && ++done === steps) abort.abort()
  }
  await staged({ out, onEvent, signal: abort.signal })
  return staged({ out, resume: true })
}

/** A thread ends at its 21st message. Then the run is resumed with new threads. */
async function lost(folder: string): Promise<{ name: string; message: string; resumedAt: number; resumed: string }> {
  const dying = join(folder, 'dying.mjs')
  await writeFile(
    dying,
    `import { parentPort, workerData } from 'node:worker_threads'
import plugins from ${JSON.stringify(plugins[0].href)}
let messages = 0
export default () => {
  if (workerData.replica === 1) parentPort.on('message', () => { if (++messages === 21) process.exit(7) })
  return plugins
}`,
  )
  const out = join(folder, 'lost')
  const workers = { count: 2, synchronizeBatchNorm: true }
  const error = await staged({ out, workers: { ...workers, plugins: [`file://${dying}`] } }).then(
    () => new Error('nothing was lost'),
    (reason: Error) => reason,
  )
  let resumedAt = 0
  const onEvent: TrainStagesOptions['onEvent'] = (event) => {
    if (event.type === 'resume') resumedAt = event.step
  }
  const resumed = await staged({ out, resume: true, workers: { ...workers, plugins }, onEvent })
  return { name: error.name, message: error.message, resumedAt, resumed }
}

const reason = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: Error) => `${error.name}: ${error.message}`,
  )

const folder = await mkdtemp(join(tmpdir(), 'onebit-parallel-'))
const tensorsInThreads: number[][] = []
const takeStep = ThreadTeam.prototype.step
ThreadTeam.prototype.step = async function step(...parts) {
  const replies = await takeStep.apply(this, parts)
  tensorsInThreads.push(replies.map(({ tensors }) => tensors))
  return replies
}
await startEngine('wasm')
const one = await curve(undefined)
tensorsInThreads.length = 0
const before = tf.memory().numTensors
const synchronized = await curve({ count: 3, synchronizeBatchNorm: true })
const tensors = { main: tf.memory().numTensors - before, threads: tensorsInThreads.slice() }
const results = {
  tensors,
  one,
  synchronized,
  apart: await curve(2),
  whole: await staged({}),
  interrupted: await interrupted(folder, 20),
  synchronizedStages: await staged({ workers: { count: 2, plugins, synchronizeBatchNorm: true } }),
  packaged: await staged({ workers: 2 }),
  strangers: { one: await strangers(undefined), two: await strangers(strange), resumed: await strangersResumed(folder) },
  lost: await lost(folder),
  refused: {
    quantizer: await reason(staged({ workers: 2, compose: composeSmall('ste-sign', { plugin: unlisted, options: {} }) })),
    task: await reason(strangers(2)),
    module: await reason(staged({ workers: { count: 2, plugins: ['file:///nowhere.js'] } })),
    engine: await reason(staged({ engine: 'cpu' })),
    count: await reason(staged({ workers: 1.5 })),
    batch: await reason(staged({ workers: 9 })),
    changed: await reason(
      (async () => {
        const out = join(folder, 'changed')
        const abort = new AbortController()
        await staged({ out, signal: abort.signal, onEvent: ({ type }) => type === 'step' && abort.abort() })
        await staged({ out, resume: true, workers: undefined })
      })(),
    ),
  },
}
await rm(folder, { recursive: true })
console.log(JSON.stringify(results))
