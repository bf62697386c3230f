/**
 * Trains the small network for two epochs of the embedded images with every quantizer on every side it is for, freezes it, and
 * compares the file with the trained network. Results go to bench/results/quantizers.json after every run, so an interrupted
 * sweep keeps them; --resume continues from there.
 *
 *   npm run bench -- quantizers [--only NAME,NAME] [--resume]
 */
import { readFile, writeFile } from 'node:fs/promises'
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
import { checkFigures } from './figures.mjs'

const RESULTS = new URL('results/quantizers.json', import.meta.url)
const NETWORK = { name: 'resnet-small', width: 16 }
const TRAINING = { epochs: 2, batchSize: 64, learningRate: 3e-3, seed: 1 }
/** The quantizer of the other side of the layer. */
const PARTNER = { activation: 'approx-sign', weight: 'magnitude-aware-sign' }
/** Settings for quantizers that need more than two epochs with their defaults. */
const ADJUSTED = {
  // A sharper sign passes hardly any gradient, and would spend most steps of the two epochs in that state.
  'progressive-sign activation': { options: { end: 32 } },
  // Latent weights begin near 0 and would stay almost fair coins. BatchNorm's statistics are those of the coins until
  // re-estimated.
  'stochastic-sign weight': { options: { clip: 0.1 }, training: { reestimateBatchNorm: 30 } },
}
const ACCURACY_FLOOR = 0.7
const AGREEMENT_FLOOR = 0.999

const { values: flags } = parseArgs({ options: { only: { type: 'string' }, resume: { type: 'boolean', default: false } } })
const { description: engine } = await startEngine('wasm')
const registry = createRegistry([quantizers, blocks, networks, classify])
const data = await fashionMnist()

async function trainWith(name, target) {
  const { options, training } = ADJUSTED[`${name} ${target}`] ?? {}
  const model = classifier(registry, {
    network: NETWORK,
    block: 'bi-real',
    ...PARTNER,
    [target]: { name, ...options },
    classes: data.facts.classes,
    input: data.input,
  })
  const { seconds } = await train(model, { ...TRAINING, ...training, data, engine: 'wasm', progress: false })
  const images = batches(data.test, { batchSize: 100, shuffle: false })
  const onTensorFlow = (pixels) =>
    tf.tidy(() => model.predict(tf.tensor(pixels, [pixels.length / (28 * 28), ...data.input])).dataSync())
  const trained = await evaluate(onTensorFlow, images)
  const { graph } = freeze(model)
  const network = await compileGraph(graph, wasm())
  const frozen = await evaluate(async (image) => (await network.run({ image })).scores, images)
  network.dispose()
  const equal = trained.predictions.filter((label, index) => label === frozen.predictions[index]).length
  for (const weight of model.weights) weight.read().dispose()
  return {
    quantizer: name,
    target,
    ...(options && { options }),
    ...(training && { training }),
    accuracy: trained.accuracy,
    frozenAccuracy: frozen.accuracy,
    agreement: equal / trained.count,
    onBits: graph.nodes.some(({ op }) => op === 'binaryConv2d'),
    seconds: Math.round(seconds),
  }
}

/** In the package's order, whatever quantizer ran last. */
const places = quantizers.flatMap(({ name, for: targets }) => targets.map((target) => `${name} ${target}`))
const placeOf = ({ quantizer, target }) => places.indexOf(`${quantizer} ${target}`)

const only = flags.only?.split(',')
const rows = flags.resume || only ? JSON.parse(await readFile(RESULTS, 'utf8').catch(() => '{"rows":[]}')).rows : []
for (const { name, for: targets } of quantizers) {
  for (const target of targets) {
    const index = rows.findIndex((row) => row.quantizer === name && row.target === target)
    if (only ? !only.includes(name) : flags.resume && index >= 0) continue
    const row = await trainWith(name, target)
    if (!checkFigures(`${name} (${target})`, row)) continue
    rows.splice(index < 0 ? rows.length : index, 1, row)
    rows.sort((a, b) => placeOf(a) - placeOf(b))
    console.log(
      `${name.padEnd(22)} ${target.padEnd(11)} ${(100 * row.accuracy).toFixed(2)} %  frozen ${(100 * row.frozenAccuracy).toFixed(2)} %  ` +
        `labels equal ${(100 * row.agreement).toFixed(2)} %  ${row.onBits ? 'on bits' : 'real'}  ${row.seconds} s`,
    )
    const header = {
      command: 'npm run bench -- quantizers',
      engine,
      node: process.versions.node,
      network: NETWORK,
      training: TRAINING,
      partner: PARTNER,
    }
    await writeFile(RESULTS, `${JSON.stringify({ ...header, rows }, null, 2)}\n`)
  }
}

const short = rows.filter(({ accuracy, agreement }) => !(accuracy >= ACCURACY_FLOOR && agreement >= AGREEMENT_FLOOR))
for (const { quantizer, target, accuracy, agreement } of short) {
  console.error(`${quantizer} (${target}) falls short: accuracy ${accuracy.toFixed(4)}, agreement ${agreement.toFixed(4)}`)
}
if (short.length > 0) process.exitCode = 1
