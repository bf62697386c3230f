/**
 * The stem in float32, int16 and int8: `node packages/kernels-wasm/bench/run.mjs stem [--strict]`. Prints a line of JSON per stem: times
 * of the stem alone and of the whole-network benchmark's network; errors against float32 over some random images; and, if `npm run demo`
 * has left its trained network in runs/demo, the accuracy of that network.
 */
import { existsSync } from 'node:fs'
import { type Graph, readModelFile } from '@onebit/core'
import { batches, fashionMnist } from '@onebit/data'
import type { StemArithmetic } from '../src/lower/lowering.ts'
import { type BoundGraph, bind, compareAll, engine, randomFloats, relativeError } from './harness.ts'
import { IMAGE, graph as network, STEM } from './network-graph.ts'
import { cutBehind } from './stem-case.ts'

const STEMS: readonly StemArithmetic[] = ['float32', 'int16', 'int8']
const IMAGES = 50
const ROUNDS = 31
const trained = new URL('../../../runs/demo/fashion-mnist.safetensors', import.meta.url)

type OfStem<Value> = Readonly<Record<StemArithmetic, Value>>

async function ofStems<Value>(make: (arithmetic: StemArithmetic) => Promise<Value>): Promise<OfStem<Value>> {
  const entries: [StemArithmetic, Value][] = []
  for (const arithmetic of STEMS) entries.push([arithmetic, await make(arithmetic)])
  return Object.fromEntries(entries) as Record<StemArithmetic, Value>
}

function evaluate(graph: BoundGraph, input: string, image: Float32Array, output: string): Float32Array {
  graph.write(input, image)
  graph.run()
  return graph.read(output) as Float32Array
}

function largest(values: Float32Array): number {
  return values.indexOf(Math.max(...values))
}

/** Milliseconds of the stem alone and of the network. */
async function time(stems: OfStem<BoundGraph>, networks: OfStem<BoundGraph>): Promise<OfStem<object>> {
  const tasks = Object.fromEntries(
    STEMS.flatMap((name) => [
      [`stem ${name}`, () => stems[name].run()],
      [name, () => networks[name].run()],
    ]),
  )
  const compared = await compareAll(tasks, ROUNDS)
  return ofStems(async (name) => ({
    stemMs: compared.milliseconds(`stem ${name}`),
    stemSpeed: compared.ratio('stem float32', `stem ${name}`),
    networkMs: compared.milliseconds(name),
    networkSpeed: compared.ratio('float32', name),
  }))
}

/** Mean errors over random images, relative to the root mean square, and the number of images with the same largest output. */
function compareRandom(stems: OfStem<BoundGraph>, networks: OfStem<BoundGraph>): (arithmetic: StemArithmetic) => object {
  const images = Array.from({ length: IMAGES }, () => randomFloats(IMAGE.reduce((a, b) => a * b, 1)))
  return (arithmetic) => {
    let [stemError, outputError, sameLabels] = [0, 0, 0]
    for (const image of images) {
      const [features, expected] = [stems[arithmetic], stems.float32].map((graph) => evaluate(graph, 'image', image, 'stem'))
      const [scores, right] = [networks[arithmetic], networks.float32].map((graph) => evaluate(graph, 'image', image, 'y'))
      stemError += relativeError(features, expected) / IMAGES
      outputError += relativeError(scores, right) / IMAGES
      sameLabels += largest(scores) === largest(right) ? 1 : 0
    }
    return { stemError, outputError, sameLabels: `${sameLabels} of ${IMAGES}` }
  }
}

/** Accuracy on Fashion-MNIST's test images. */
async function compareTrained(graph: Graph): Promise<OfStem<object>> {
  const { test } = await fashionMnist({ split: 'auto' })
  const [input] = graph.inputs
  const pictures = [...batches(test, { batchSize: 1, shuffle: false })]
  const labels = await ofStems(async (arithmetic) => {
    const bound = await bind(graph, arithmetic)
    return pictures.map(({ images }) => largest(evaluate(bound, input.name, images, graph.outputs[0].name)))
  })
  const share = (agrees: (index: number) => boolean): number =>
    pictures.filter((_, index) => agrees(index)).length / pictures.length
  return ofStems(async (arithmetic) => ({
    testImages: pictures.length,
    accuracy: share((index) => labels[arithmetic][index] === pictures[index].annotations[0]),
    labelsOfFloat32: share((index) => labels[arithmetic][index] === labels.float32[index]),
  }))
}

const { stem } = cutBehind(network, STEM)
const stems = await ofStems((arithmetic) => bind(stem, arithmetic))
const networks = await ofStems((arithmetic) => bind(network, arithmetic))
const image = randomFloats(IMAGE.reduce((a, b) => a * b, 1))
for (const graph of [...Object.values(stems), ...Object.values(networks)]) graph.write('image', image)
const times = await time(stems, networks)
const random = compareRandom(stems, networks)
const accuracies = existsSync(trained) ? await compareTrained(await readModelFile(trained)) : undefined
console.log(JSON.stringify(engine))
for (const name of STEMS) console.log(JSON.stringify({ stem: name, ...times[name], ...random(name), ...accuracies?.[name] }))
if (!accuracies) console.log('No accuracy of a trained network: `npm run demo` leaves one in runs/demo.')
