/**
 * Training benchmark: one step of the reference CNN against its forward pass alone, and against the same step with stock TensorFlow.js
 * kernels. All cases take turns in one process; figures are medians.
 *
 *   node bench/training.mjs [--quick] [--json]
 *
 * Needs a build. The network: 28x28x1, convolutions 32-32-pool-64-64-pool, BatchNorm after each, dense 10, Adam, batch 64.
 * `stock` has only the kernels without which the wasm backend cannot train at all.
 */
import { createRequire } from 'node:module'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

const require = createRequire(new URL('../packages/train/package.json', import.meta.url))
const tf = require('@tensorflow/tfjs')
require('@tensorflow/tfjs-backend-wasm')
const { FusedAdam, registerTrainingKernels } = await import('../packages/tfjs-wasm-training/dist/index.js')

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean' }, json: { type: 'boolean' } } })
const BATCH = 64
const rounds = flags.quick ? 10 : 15
/** A slow case takes part in fewer rounds of a quick run. */
const stockRounds = flags.quick ? 3 : 10

function referenceNetwork(optimizer) {
  const { layers } = tf
  const model = tf.sequential()
  for (const [index, filters] of [32, 32, 64, 64].entries()) {
    const inputShape = index === 0 ? [28, 28, 1] : undefined
    model.add(layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, inputShape }))
    model.add(layers.batchNormalization())
    model.add(layers.activation({ activation: 'relu' }))
    if (index % 2 === 1) model.add(layers.maxPooling2d({ poolSize: 2 }))
  }
  model.add(layers.flatten())
  model.add(layers.dense({ units: 10 }))
  model.compile({ optimizer, loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits) })
  return model
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]

async function timed(times, round, work) {
  const start = performance.now()
  await work()
  // The first round warms up.
  if (round > 0) times.push(performance.now() - start)
}

await tf.setBackend('wasm')
const x = tf.randomNormal([BATCH, 28, 28, 1])
const y = tf.oneHot(tf.randomUniform([BATCH], 0, 10, 'int32'), 10)
const forward = (model) => tf.tidy(() => void model.apply(x, { training: true }).dataSync())

const cases = [
  { case: 'onebit', kernels: {}, optimizer: () => new FusedAdam(0.001), rounds, step: [], forward: [] },
  {
    case: 'stock',
    kernels: { replaceStock: false },
    optimizer: () => tf.train.adam(0.001),
    rounds: stockRounds,
    step: [],
    forward: [],
  },
]
for (const entry of cases) {
  await registerTrainingKernels(entry.kernels)
  entry.model = referenceNetwork(entry.optimizer())
}
for (let round = 0; round <= rounds; round++) {
  for (const entry of cases) {
    if (round > entry.rounds) continue
    await registerTrainingKernels(entry.kernels)
    await timed(entry.forward, round, () => forward(entry.model))
    await timed(entry.step, round, () => entry.model.trainOnBatch(x, y))
  }
}

const rows = cases.map((entry) => {
  const [stepMs, forwardMs] = [median(entry.step), median(entry.forward)]
  const round = (value, digits) => Number(value.toFixed(digits))
  return {
    case: entry.case,
    stepMs: round(stepMs, 1),
    forwardMs: round(forwardMs, 1),
    stepOverForward: round(stepMs / forwardMs, 2),
    steps: entry.step.length,
  }
})
const engine = `wasm, one thread; ${cpus()[0].model}, ${cpus().length} CPUs; Node ${process.version}; flags ${process.execArgv.join(' ') || 'none'}`
console.log(`engine  ${engine}`)
for (const { case: name, stepMs, forwardMs, stepOverForward, steps } of rows) {
  console.log(`${name.padEnd(8)}step ${stepMs} ms  forward ${forwardMs} ms  ratio ${stepOverForward}  (median of ${steps})`)
}
console.log(`stock step / onebit step: ${(rows[1].stepMs / rows[0].stepMs).toFixed(2)}`)
if (flags.json) console.log(JSON.stringify({ engine, rows }))
