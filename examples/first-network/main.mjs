/** A first network: compose, train, freeze, run. Options: --epochs N, --images N, --out FOLDER. */
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import blocks from '@onebit/blocks'
import classify, { argMax, classifier, classifierMetadata, evaluate } from '@onebit/classify'
import { createRegistry, load } from '@onebit/core'
import { batches, fashionMnist } from '@onebit/data'
import { wasm } from '@onebit/kernels-wasm'
import { freeze } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers from '@onebit/quantizers'
import { startEngine, train } from '@onebit/train'

const { values: flags } = parseArgs({
  options: {
    epochs: { type: 'string', default: '2' },
    images: { type: 'string', default: '10000' },
    out: { type: 'string', default: 'runs/first-network' },
  },
})

await startEngine('auto')

// A name, a name with options, or the object itself.
const registry = createRegistry([quantizers, blocks, networks, classify])
const data = await fashionMnist()
const model = classifier(registry, {
  network: { name: 'resnet-small', width: 16 },
  block: 'bi-real',
  activation: 'approx-sign',
  weight: { name: 'magnitude-aware-sign', scale: 'per-channel' },
  classes: data.facts.classes,
  input: data.input,
})

// Ctrl-C stops after the current step and keeps the trained weights.
const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())
const part = { ...data.train, count: Math.min(Number(flags.images), data.train.count) }
await train(model, {
  data: { ...data, train: part },
  epochs: Number(flags.epochs),
  out: flags.out,
  signal: interrupt.signal,
})

// Any safetensors reader can open the file. Its metadata is everything else that `onebit run` needs.
const file = join(flags.out, 'first.safetensors')
await freeze(model, { metadata: classifierMetadata(data) }).save(file)

// From here on there is no TensorFlow.js, only the runtime, the kernels and the file.
const network = await load(file, { backend: wasm() })
const scorer = async (images) => (await network.run({ image: images })).scores
const { accuracy, count } = await evaluate(scorer, batches(data.test, { batchSize: 100, shuffle: false }))
const [{ images: image, annotations: truth }] = batches(data.test, { batchSize: 1, shuffle: false })
const scores = await scorer(image)
const { classes } = data.facts
const best = argMax(scores, 0, scores.length)
console.log(`${(100 * accuracy).toFixed(2)} % of ${count} test images are right`)
console.log(`the first is ${classes[truth[0]]}; the network predicts ${classes[best]} with ${(100 * scores[best]).toFixed(1)} %`)
for (const { node, kernel } of network.explain().filter(({ op }) => op === 'binaryConv2d')) console.log(`${node}  ${kernel}`)
network.dispose()
