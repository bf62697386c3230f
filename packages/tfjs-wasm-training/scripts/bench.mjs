// Times convolution gradients and the forward convolution, interleaved in one process. Prints medians. Needs a build.
// Run: node scripts/bench.mjs [rounds]. Whole training steps are in bench/training.mjs of the repository.
import '@tensorflow/tfjs-backend-wasm'
import { createRequire } from 'node:module'
import { registerTrainingKernels } from '../dist/index.js'

// The union package registers the gradients; it is a development dependency of the repository, not of this package.
const tf = createRequire(new URL('../../../package.json', import.meta.url))('@tensorflow/tfjs')
const rounds = Number(process.argv[2] ?? 9)

const median = (values) => values.sort((a, b) => a - b)[values.length >> 1]

/** Runs the functions in turns and returns the median milliseconds of each; the first round warms up. */
async function interleaved(functions, count) {
  const times = functions.map(() => [])
  for (let round = 0; round <= count; round++) {
    for (const [index, run] of functions.entries()) {
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

await tf.setBackend('wasm')
await registerTrainingKernels()
console.log(`Node ${process.version}, ${(await import('node:os')).cpus()[0].model}`)
await convolution([64, 28, 28, 32], [3, 3, 32, 32], 1)
await convolution([64, 14, 14, 64], [3, 3, 64, 64], 1)
await convolution([64, 28, 28, 32], [3, 3, 32, 64], 2)
await convolution([64, 14, 14, 64], [1, 1, 64, 128], 1)
await convolution([8, 7, 7, 512], [3, 3, 512, 512], 1)
