/**
 * A first network: pick and mix, train, freeze, run. Options: --epochs N, --images N, --out FOLDER.
 */
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

// Names, names with options, or the objects themselves.
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

// Ctrl-C stops after the step under way; what is trained is kept.
const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())
const part = { ...data.train, count: Math.min(Number(flags.images), data.train.count) }
await train(model, {
  data: { ...data, train: part },
  epochs: Number(flags.epochs),
  out: flags.out,
  signal: interrupt.signal,
})

// Bits are bits: the file opens in any safetensors reader. Its metadata is all that `onebit run` needs to know beside it.
const file = join(flags.out, 'first.safetensors')
await freeze(model, { metadata: classifierMetadata(data) }).save(file)

// From here on no TensorFlow.js: the runtime, the kernels and the file.
const network = await load(file, { backend: wasm() })
const scorer = async (images) => (await network.run({ image: images })).scores
const { accuracy, count } = await evaluate(scorer, batches(data.test, { batchSize: 100, shuffle: false }))
const [{ images: image, annotations: truth }] = batches(data.test, { batchSize: 1, shuffle: false })
const scores = await scorer(image)
const { classes } = data.facts
const best = argMax(scores, 0, scores.length)
console.log(`${(100 * accuracy).toFixed(2)} % of ${count} test images are right`)
console.log(`the first is ${classes[truth[0]]}; the network says ${classes[best]} with ${(100 * scores[best]).toFixed(1)} %`)
for (const { node, kernel } of (await network.explain()).filter(({ op }) => op === 'binaryConv2d'))
  console.log(`${node}  ${kernel}`)
network.dispose()
