/** Trains on threads in its own process, on the built packages. Prints the distance to one thread as a line of JSON. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { graphModelTeacher } from '@onebit/kd'
import { readGraphModel, teacherCache } from '@onebit/kd/node'
import { startEngine, type TrainOptions, train } from '@onebit/train'
import '@tensorflow/tfjs'
import { composeSmall, denseTeacher, registry, stripesData, wideTeacher } from './small-classifier.ts'
import { saveGraphModel } from './small-graph-model.ts'

const folder = await mkdtemp(join(tmpdir(), 'onebit-kd-threads-'))
await startEngine('wasm')

/** The final weights of a student. It is real, because signs flip if sums differ in their last digit. */
async function taught(more: Partial<TrainOptions>): Promise<number[]> {
  const student = composeSmall(false)
  await train(student, {
    data: stripesData(),
    registry,
    epochs: 2,
    batchSize: 13,
    seed: 3,
    optimizer: 'sgd',
    learningRate: 0.02,
    losses: ['cross-entropy', { name: 'soft-labels', temperature: 2 }],
    engine: 'wasm',
    progress: false,
    ...more,
  })
  const weights = student.getWeights().flatMap((weight) => Array.from(weight.dataSync()))
  student.dispose()
  return weights
}

const furthest = (a: readonly number[], b: readonly number[]): number =>
  a.reduce(
    (most, value, index) => Math.max(most, Math.abs(value - b[index])),
    a.length === b.length ? 0 : Number.POSITIVE_INFINITY,
  )

const workers = { count: 2, synchronizeBatchNorm: true }
async function apart(more: Partial<TrainOptions>): Promise<number> {
  return furthest(await taught({ ...more, workers }), await taught(more))
}

const [wide, dense] = [wideTeacher(), denseTeacher()]
const [kernel, bias] = dense.getLayer('logits').getWeights()
const weights = { kernel: Float32Array.from(kernel.dataSync()), bias: Float32Array.from(bias.dataSync()) }
const graph = await graphModelTeacher(await readGraphModel(await saveGraphModel(join(folder, 'graph'), weights)))
const taps = [{ name: 'map', student: 'stage1.block1.conv2.add', teacher: 'wide' }]
const adapted = {
  teacher: wide,
  losses: ['cross-entropy', { name: 'feature-matching', taps, weight: 2 }],
} as Partial<TrainOptions>
const attention = {
  teacher: wide,
  losses: [{ name: 'attention-matching', taps }, { name: 'logit-matching' }],
} as Partial<TrainOptions>
const cacheTeacher = teacherCache(join(folder, 'cache'))
const cached = await taught({ teacher: graph, cacheTeacher, workers })

async function resumed(more: Partial<TrainOptions>): Promise<number> {
  const out = join(folder, 'resumed')
  const controller = new AbortController()
  let steps = 0
  const onEvent: TrainOptions['onEvent'] = ({ type }) => type === 'step' && ++steps === 3 && controller.abort()
  await taught({ ...more, workers, out, signal: controller.signal, onEvent, checkpoint: { everySteps: 1 } })
  return furthest(await taught({ ...more, workers, out, resume: true }), await taught({ ...more, workers }))
}

const results = {
  taught: furthest(await taught({ teacher: dense }), await taught({ losses: ['cross-entropy'] })),
  model: await apart({ teacher: dense }),
  adapted: await apart(adapted),
  attention: await apart(attention),
  graph: await apart({ teacher: graph }),
  blended: await apart({ teacher: graph, mixUp: 0.4 }),
  cached: furthest(cached, await taught({ teacher: graph, workers })),
  cachedAgain: furthest(cached, await taught({ teacher: graph, cacheTeacher, workers })),
  resumed: await resumed(adapted),
}
for (const model of [wide, dense]) model.dispose()
await rm(folder, { recursive: true })
console.log(JSON.stringify(results))
