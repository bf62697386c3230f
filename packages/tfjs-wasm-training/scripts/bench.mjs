// Times convolution gradients against the forward convolution, and a training step with and without the replaced kernels.
// Interleaved in one process, medians; needs a build. Run: node scripts/bench.mjs [rounds]
import '@tensorflow/tfjs-backend-wasm'
import { createRequire } from 'node:module'
import { registerTrainingKernels } from '../dist/index.js'

// The union package registers the gradients; it is a development dependency of the repository, not of this package.
const tf = createRequire(new URL('../../../package.json', import.meta.url))('@tensorflow/tfjs')
const rounds = Number(process.argv[2] ?? 9)

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

/** Runs the functions in turns and returns the median milliseconds of each; the first round warms up. */
async function interleaved(functions, count, prepare = async () => {}) {
  const times = functions.map(() => [])
  for (let round = 0; round <= count; round++) {
    for (const [index, run] of functions.entries()) {
      await prepare(index)
      const start = performance.now()
      await run()
      if (round > 0) times[index].push(performance.now() - start)
    }
  }
  return times.map(median)
}

async function convolution(input, filter, strides) {
  const x = tf.randomNormal(input)
  const w = tf.randomNormal(filter)
  const dy = tf.conv2d(x, w, strides, 'same')
  const attrs = { strides, pad: 'same', dataFormat: 'NHWC' }
  const kernel = (name, inputs, extra) => () =>
    tf
      .engine()
      .runKernel(name, inputs, { ...attrs, ...extra })
      .dispose()
  const [forward, dw, dx] = await interleaved(
    [
      () => tf.conv2d(x, w, strides, 'same').dispose(),
      kernel('Conv2DBackpropFilter', { x, dy }, { filterShape: filter }),
      kernel('Conv2DBackpropInput', { dy, filter: w }, { inputShape: input }),
    ],
    rounds,
  )
  tf.dispose([x, w, dy])
  const cell = (ms) => `${ms.toFixed(1).padStart(6)} ms (${(ms / forward).toFixed(2)})`
  const name = `${input.join('x')} * ${filter.join('x')} / ${strides}`
  console.log(`${name.padEnd(34)} forward ${forward.toFixed(1).padStart(6)} ms   dW ${cell(dw)}   dx ${cell(dx)}`)
}

function referenceNetwork() {
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
  model.compile({ optimizer: tf.train.adam(), loss: (labels, logits) => tf.losses.softmaxCrossEntropy(labels, logits) })
  return model
}

async function trainingStep() {
  const model = referenceNetwork()
  const x = tf.randomNormal([64, 28, 28, 1])
  const y = tf.oneHot(tf.randomUniform([64], 0, 10, 'int32'), 10)
  const variants = [{}, { memory: 'copied' }, { replaceStock: false }]
  const steps = variants.map(() => () => model.trainOnBatch(x, y))
  const times = await interleaved(steps, 5, (index) => registerTrainingKernels(variants[index]))
  variants.forEach((options, index) => {
    console.log(
      `step of the reference network, batch 64, ${JSON.stringify(options).padEnd(24)} ${times[index].toFixed(0).padStart(5)} ms`,
    )
  })
}

await tf.setBackend('wasm')
await registerTrainingKernels()
console.log(`Node ${process.version}, ${(await import('node:os')).cpus()[0].model}`)
await convolution([64, 28, 28, 32], [3, 3, 32, 32], 1)
await convolution([64, 14, 14, 64], [3, 3, 64, 64], 1)
await convolution([64, 28, 28, 32], [3, 3, 32, 64], 2)
await convolution([64, 14, 14, 64], [1, 1, 64, 128], 1)
await convolution([8, 7, 7, 512], [3, 3, 512, 512], 1)
await trainingStep()
