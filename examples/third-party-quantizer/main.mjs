/** A network with our own quantizer, used by name like any other. Options: --epochs N, --images N. */
import { parseArgs } from 'node:util'
import blocks from '@onebit/blocks'
import classify, { classifier, evaluate } from '@onebit/classify'
import { compileGraph, createRegistry } from '@onebit/core'
import { batches, fashionMnist } from '@onebit/data'
import { wasm } from '@onebit/kernels-wasm'
import { freeze } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import { startEngine, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { shiftedSign } from './shifted-sign.mjs'

const { values: flags } = parseArgs({
  options: { epochs: { type: 'string', default: '1' }, images: { type: 'string', default: '4000' } },
})

await startEngine('auto')

// The quantizer is registered here. Importing its file alone has no effect.
const registry = createRegistry([quantizers, blocks, networks, classify, shiftedSign])
const data = await fashionMnist()
const model = classifier(registry, {
  network: { name: 'resnet-small', width: 16 },
  block: 'bi-real',
  activation: { name: 'shifted-sign', width: 1.2 },
  weight: 'magnitude-aware-sign',
  classes: data.facts.classes,
  input: data.input,
})
const part = { ...data.train, count: Math.min(Number(flags.images), data.train.count) }
await train(model, { data: { ...data, train: part }, epochs: Number(flags.epochs) })

// The frozen graph contains the learned thresholds, and the kernels need nothing else.
const network = await compileGraph(freeze(model).graph, wasm())
const test = batches(data.test, { batchSize: 100, shuffle: false })
const onKernels = await evaluate(async (images) => (await network.run({ image: images })).scores, test)
const onTensorFlow = await evaluate(
  (images) => tf.tidy(() => model.predict(tf.tensor(images, [images.length / 784, ...data.input])).dataSync()),
  test,
)
const same = onKernels.predictions.filter((label, index) => label === onTensorFlow.predictions[index]).length
console.log(`kernels ${(100 * onKernels.accuracy).toFixed(2)} %, TensorFlow.js ${(100 * onTensorFlow.accuracy).toFixed(2)} %`)
console.log(`${same} of ${onKernels.count} labels agree`)
network.dispose()
