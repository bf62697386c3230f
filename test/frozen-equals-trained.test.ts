/**
 * A network trained on real images agrees with its frozen file, on the reference backend and on the kernels. The quantizer of its
 * activations is written here, outside every package.
 */
import blocks from '@onebit/blocks'
import classify, { argMax, classifier } from '@onebit/classify'
import { costOf, createRegistry, defineQuantizer, type Graph, load, reference, withOutputs } from '@onebit/core'
import { batches, fashionMnist } from '@onebit/data'
import { wasm } from '@onebit/kernels-wasm'
import { type FrozenModel, freeze } from '@onebit/layers'
import networks from '@onebit/networks'
import quantizers, { sign } from '@onebit/quantizers'
import { startEngine, train } from '@onebit/train'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'

/** A third party's quantizer: the sign of x - threshold, with a triangular pseudo-gradient around it. */
const shiftedSign = defineQuantizer({
  name: 'shifted-sign',
  for: ['activation'],
  options: { threshold: { default: 0.1 }, width: { default: 1, min: 0.1 } },
  forward: (x, { threshold }) => sign(tf.sub(x, threshold)),
  gradient: (x, { threshold, width }) => tf.relu(tf.sub(1, tf.div(tf.abs(tf.sub(x, threshold)), width))),
  freeze: ({ threshold }) => ({ thresholds: [[Math.fround(threshold)]], first: [-1] }),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'shifted-sign': { threshold: number; width: number }
  }
}

const CLASSES = 10
const PIXELS = 28 * 28
let model: tf.LayersModel
let frozen: FrozenModel
let images: Float32Array
let labels: readonly number[]

beforeAll(async () => {
  await startEngine('wasm')
  const registry = createRegistry([quantizers, blocks, networks, classify, shiftedSign])
  const data = await fashionMnist()
  const small = { ...data, train: { ...data.train, count: 4000 } }
  model = classifier(registry, {
    network: { name: 'resnet-small', width: 16 },
    block: 'bi-real',
    activation: { name: 'shifted-sign', threshold: 0.05 },
    weight: 'magnitude-aware-sign',
    classes: CLASSES,
    input: data.input,
  })
  await train(model, { data: small, epochs: 2, learningRate: 4e-3, seed: 3, engine: 'wasm', progress: false })
  frozen = freeze(model)
  const [all] = batches(data.test, { batchSize: data.test.count, shuffle: false })
  images = all.images
  labels = all.annotations
}, 300_000)

function predictions(scores: ArrayLike<number>): number[] {
  return Array.from({ length: scores.length / CLASSES }, (_, i) => argMax(scores, i * CLASSES, (i + 1) * CLASSES))
}

function trainedScores(pixels: Float32Array): Float32Array {
  return tf.tidy(
    () => (model.predict(tf.tensor4d(pixels, [pixels.length / PIXELS, 28, 28, 1])) as tf.Tensor).dataSync() as Float32Array,
  )
}

async function outputs(
  graph: Graph,
  backend: typeof reference,
  pixels: Float32Array,
): Promise<Record<string, ArrayLike<number>>> {
  const executable = await backend.compile(graph)
  const result = await executable.run({ image: pixels })
  executable.dispose()
  return result
}

/** The values compared with each threshold, in the frozen graph and in the trained model, by threshold node. */
async function preThresholds(
  pixels: Float32Array,
): Promise<{ node: string; frozen: ArrayLike<number>; trained: ArrayLike<number> }[]> {
  const nodes = frozen.graph.nodes.filter(({ op }) => op === 'threshold')
  const values = await outputs(withOutputs(frozen.graph, [...new Set(nodes.map(({ inputs }) => inputs[0]))]), reference, pixels)
  const quantized = nodes.map(({ name }) => model.getLayer(name.replace(/\.sign$/, '')).input as tf.SymbolicTensor)
  const taps = tf.model({ inputs: model.inputs, outputs: quantized })
  const trained = taps.predict(tf.tensor4d(pixels, [pixels.length / PIXELS, 28, 28, 1])) as tf.Tensor[]
  return nodes.map(({ name, inputs }, index) => ({ node: name, frozen: values[inputs[0]], trained: trained[index].dataSync() }))
}

describe('a trained network and its file', () => {
  test('the stranger trained: better than 75 % after two epochs of 4,000 images', () => {
    const right = predictions(trainedScores(images)).filter((label, i) => label === labels[i]).length
    expect(right / labels.length).toBeGreaterThan(0.75)
  })

  test('predict the same label on at least 99.9 % of the test images', async () => {
    const trained = predictions(trainedScores(images))
    const { scores } = await outputs(frozen.graph, wasm(), images)
    const same = predictions(scores).filter((label, i) => label === trained[i]).length
    expect(same / trained.length).toBeGreaterThanOrEqual(0.999)
  })

  test('the first bit that differs, if any, lies within 1e-4 of its threshold', async () => {
    const count = 100
    const layers = await preThresholds(images.subarray(0, count * PIXELS))
    const threshold = Math.fround(0.05)
    const agreed = new Array<boolean>(count).fill(true)
    let compared = 0
    for (const { node, frozen: ours, trained } of layers) {
      const size = ours.length / count
      for (let image = 0; image < count; image++) {
        if (!agreed[image]) continue
        for (let i = image * size; i < (image + 1) * size; i++) {
          compared++
          if (ours[i] >= threshold === trained[i] >= threshold) continue
          agreed[image] = false
          expect(Math.abs(ours[i] - threshold), `${node}, image ${image}`).toBeLessThan(1e-4)
          expect(Math.abs(trained[i] - threshold), `${node}, image ${image}`).toBeLessThan(1e-4)
        }
      }
    }
    expect(compared).toBeGreaterThan(100_000)
  })

  test('kernels-wasm computes the reference backend’s accumulators and scores exactly, on real images', async () => {
    const accumulators = frozen.graph.nodes.filter(({ op }) => op === 'binaryConv2d').map(({ name }) => name)
    expect(accumulators).toHaveLength(6)
    const graph = withOutputs(frozen.graph, accumulators)
    const pixels = images.subarray(0, 40 * PIXELS)
    const [expected, actual] = [await outputs(graph, reference, pixels), await outputs(graph, wasm(), pixels)]
    for (const name of ['scores', ...accumulators]) expect(actual[name], name).toEqual(expected[name])
  })

  test('the file holds bits and floats and little else: within 2 % + 8 KiB of their sum', async () => {
    const bytes = frozen.bytes()
    const { total } = costOf(frozen.graph)
    const payload = total.parameters.binary / 8 + total.parameters.real * 4
    expect(bytes.length).toBeGreaterThan(payload)
    expect(bytes.length).toBeLessThanOrEqual(payload * 1.02 + 8192)
  })

  test('reading the bytes back gives the same scores', async () => {
    const network = await load(frozen.bytes(), { backend: wasm() })
    const pixels = images.subarray(0, 20 * PIXELS)
    const { scores } = await network.run({ image: pixels })
    expect(scores).toEqual((await outputs(frozen.graph, reference, pixels)).scores)
    expect(network.inputs).toEqual([{ name: 'image', shape: [28, 28, 1] }])
    network.dispose()
  })
})
