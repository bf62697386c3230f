/**
 * Trains a one-bit model on real images and runs it on XNOR kernels: compose, train, freeze, evaluate, time, report.
 * Options: --epochs N, --images N (of the training set, and as many of the test set), --out FOLDER.
 */
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import blocks from '@onebit/blocks'
import classify, { classifier, classifierMetadata, evaluate } from '@onebit/classify'
import { costOf, createRegistry, load, reference } from '@onebit/core'
import { batches, fashionMnist } from '@onebit/data'
import { wasm } from '@onebit/kernels-wasm'
import { freeze } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import { readRun, renderReport, startEngine, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { Presets, SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { median, secondsBoth } from './interleaved.mjs'

const { values: flags } = parseArgs({
  options: {
    epochs: { type: 'string', default: '3' },
    images: { type: 'string', default: '10000' },
    out: { type: 'string', default: 'runs/demo' },
  },
})
const recipe = { network: 'resnet-small', block: 'bi-real', activation: 'approx-sign', weight: 'magnitude-aware-sign' }

// 1. Compose and train.
await startEngine('wasm')
const registry = createRegistry([quantizers, blocks, networks, classify])
const full = await fashionMnist()
const images = Math.min(Number(flags.images), full.train.count)
// With fewer training images, evaluate on fewer test images in proportion.
const testImages = Math.ceil((full.test.count * images) / full.train.count)
const data = { ...full, train: { ...full.train, count: images }, test: { ...full.test, count: testImages } }
const shape = { classes: data.facts.classes.length, input: data.input }
const model = classifier(registry, { ...recipe, ...shape })
console.log(`Fashion-MNIST, ${data.train.count} training and ${data.test.count} test images (${data.source})`)
console.log(`${recipe.network} of ${recipe.block} blocks, ${recipe.activation} activations, ${recipe.weight} weights\n`)
const controller = new AbortController()
process.once('SIGINT', () => controller.abort())
const { interrupted } = await train(model, {
  data,
  epochs: Number(flags.epochs),
  batchSize: 64,
  learningRate: 3e-3,
  seed: 1,
  engine: 'wasm',
  out: flags.out,
  recipe: { ...recipe, ...shape },
  signal: controller.signal,
})
if (interrupted) {
  console.log(`\nInterrupted. The trained weights are in ${flags.out}.`)
  process.exit(130)
}

// 2. Freeze to one file.
const frozen = freeze(model, { metadata: classifierMetadata(data) })
const file = join(flags.out, 'fashion-mnist.safetensors')
await frozen.save(file)
const { total } = costOf(frozen.graph)

// 3. Evaluate the trained network and the file, on every test image.
async function accuracy(name, scorer, batchSize) {
  const bar = new SingleBar(
    { format: `${name.padEnd(34)} {bar} {value}/{total} images`, stream: process.stderr, barsize: 24 },
    Presets.shades_classic,
  )
  bar.start(data.test.count, 0)
  const result = await evaluate(scorer, batches(data.test, { batchSize, shuffle: false }), (seen) => bar.update(seen))
  bar.stop()
  return result
}
const onTensorFlow = (network) => (images) =>
  tf.tidy(() => network.predict(tf.tensor(images, [images.length / (28 * 28), ...data.input])).dataSync())
const onBackend = (network) => async (images) => (await network.run({ image: images })).scores

console.log()
const trained = await accuracy('trained network, TensorFlow.js', onTensorFlow(model), 100)
const onReference = await load(file, { backend: reference })
const onKernels = await load(file, { backend: wasm() })
const byReference = await accuracy('frozen file, reference backend', onBackend(onReference), 20)
const byKernels = await accuracy('frozen file, kernels-wasm', onBackend(onKernels), 20)
const share = (a, b) => a.predictions.filter((label, index) => label === b.predictions[index]).length / a.count

// 4. Time one image on our kernels and on TensorFlow.js' wasm backend with the same topology in float32, interleaved in this
//    process.
const float = classifier(registry, { network: recipe.network, block: recipe.block, ...shape })
const [image] = batches(data.test, { batchSize: 1, shuffle: false })
const ours = onBackend(onKernels)
const theirs = onTensorFlow(float)
const times = await secondsBoth(
  () => ours(image.images),
  () => theirs(image.images),
  60,
)
const [oursMs, theirsMs, ratio] = [times.map(([a]) => a), times.map(([, b]) => b), times.map(([a, b]) => b / a)].map(median)
onReference.dispose()
onKernels.dispose()

// 5. One table, on the terminal and in the report.
const percent = (value) => `${(100 * value).toFixed(2)} %`
const { size } = await stat(file)
const rows = [
  ['test accuracy, trained network (TensorFlow.js)', percent(trained.accuracy)],
  ['test accuracy, frozen file (reference backend)', percent(byReference.accuracy)],
  ['test accuracy, frozen file (kernels-wasm)', percent(byKernels.accuracy)],
  ['labels equal, frozen file and trained network', percent(share(trained, byReference))],
  ['labels equal, kernels-wasm and reference backend', percent(share(byReference, byKernels))],
  [
    'file',
    `${(size / 1024).toFixed(1)} KiB (float32: ${(total.floatMemoryBits / 8 / 1024).toFixed(1)} KiB, ${(total.floatMemoryBits / 8 / size).toFixed(1)}x)`,
  ],
  ['one image, frozen file (kernels-wasm)', `${(1000 * oursMs).toFixed(2)} ms`],
  ['one image, same topology in float32 (tfjs-wasm)', `${(1000 * theirsMs).toFixed(2)} ms (${ratio.toFixed(1)}x ours)`],
]
const report = join(flags.out, 'report.html')
await writeFile(
  report,
  renderReport('Fashion-MNIST on one bit', await readRun(flags.out), [
    { title: 'Results', columns: ['quantity', 'result'], rows },
  ]),
)
const table = new Table({ head: ['quantity', 'result'], style: { head: [], border: [] } })
table.push(...rows, ['model file', file], ['report', report])
console.log(`\n${table}`)
console.log(
  `Node ${process.versions.node}, V8 ${process.versions.v8}, one thread, batch 1, medians of ${times.length} interleaved runs.`,
)
