/**
 * The published networks and those of the mini recipes, untrained. All weights and statistics of BatchNorm are drawn from a seed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { createRegistry, type Graph, type KernelBackend, type RunOutput, typeGraph, withOutputs } from '@onebit/core'
import { PEOPLE_FACTS } from '@onebit/data'
import { wasm } from '@onebit/kernels-wasm'
import { composeModel, freeze } from '@onebit/layers'
import networks, {
  type NamedTechnique,
  type PublishedNetwork,
  type PublishedPoseNetwork,
  publishedNetwork,
  publishedNetworks,
  publishedPoseNetwork,
  publishedPoseNetworks,
} from '@onebit/networks'
import poses, { pose } from '@onebit/pose'
import quantizers from '@onebit/quantizers'
import { Random } from '@onebit/testkit/random'
import training from '@onebit/train/browser'
import * as tf from '@tensorflow/tfjs'

const registry = createRegistry([quantizers, blocks, networks, classify, poses, training])
const RECIPES = new URL('../../cli/recipes/mini/', import.meta.url)
const KERNELS = new URL('../../kernels-wasm/wasm/kernels.wasm', import.meta.url)

interface Recipe {
  readonly model: Record<'network' | 'block' | 'activation' | 'weight', NamedTechnique>
  readonly stages?: readonly Partial<Recipe['model']>[]
  readonly about: { readonly title: string }
}

/** A side without a quantizer stays real. */
const quantizer = (named: NamedTechnique): NamedTechnique | undefined => (named === 'none' ? undefined : named)

/** The network of a recipe's last stage, on pictures of Fashion-MNIST. */
function networkOfRecipe({ model, stages = [], about }: Recipe): PublishedNetwork {
  const { network, block, activation, weight } = { ...model, ...stages.at(-1) }
  return {
    ...{ network, block, activation: quantizer(activation), weight: quantizer(weight) },
    ...{ input: [28, 28, 1], classes: 10, paper: { title: about.title, authors: '', year: 0 } },
  }
}

function miniNetworks(): Record<string, PublishedNetwork> {
  const names = readdirSync(RECIPES).map((file) => file.replace('.json', ''))
  const read = (name: string): Recipe => JSON.parse(readFileSync(new URL(`${name}.json`, RECIPES), 'utf8'))
  return Object.fromEntries(names.map((name) => [`mini/${name}`, networkOfRecipe(read(name))]))
}

/** All networks by name. */
export const NETWORKS: Readonly<Record<string, PublishedNetwork | PublishedPoseNetwork>> = {
  ...publishedNetworks,
  ...publishedPoseNetworks,
  ...miniNetworks(),
}

function compose(network: PublishedNetwork | PublishedPoseNetwork): tf.LayersModel {
  if ('classes' in network) return classifier(registry, publishedNetwork(registry, network))
  const facts = PEOPLE_FACTS[network.dataset === 'mpii' ? 'mpii' : 'coco']
  return composeModel(registry, { ...publishedPoseNetwork(registry, network), task: pose, facts }).model
}

/** Moves the initial values of vectors a little, so nothing cancels and variances stay positive. Draws all other weights. */
function drawWeights(model: tf.LayersModel, random: Random): void {
  for (const layer of model.layers) {
    const drawn = layer.getWeights().map((weight) => {
      const { shape, size } = weight
      if (shape.length > 1) {
        const limit = Math.sqrt((3 * shape.at(-1)!) / size)
        return tf.tensor(random.floats(size, -limit, limit), shape)
      }
      const moved = random.floats(size, 0.05, 0.3)
      weight.dataSync().forEach((value, index) => {
        moved[index] += value
      })
      return tf.tensor(moved, shape)
    })
    layer.setWeights(drawn)
    tf.dispose(drawn)
  }
}

/** The frozen network. Its outputs are the scores and, if a softmax makes them, its input. */
export async function graphOf(name: string, seed: number): Promise<Graph> {
  await tf.setBackend('cpu')
  const model = compose(NETWORKS[name])
  drawWeights(model, new Random(seed))
  const { graph } = freeze(model)
  model.dispose()
  const softmax = graph.nodes.find(({ op }) => op === 'softmax')
  return softmax ? withOutputs(graph, [softmax.inputs[0]]) : graph
}

const LEAST_NORMAL = 2 ** -126

export interface NetworkComparison {
  readonly images: number
  /** Number of images with the same label, or with all joints at the same pixels. */
  readonly labels: number
  /** Number of values in all outputs. */
  readonly values: number
  /** Number of values that differ, without those that a device took for 0. */
  readonly differing: number
  /** Number of values that differ by less than 2^-126. */
  readonly flushed: number
}

/** The place of the largest score in each image: the class, or a joint's pixel for each of `maps` interleaved heat-maps. */
function labelsOf(scores: RunOutput, images: number, maps: number): string[] {
  const size = scores.length / images / maps
  return Array.from({ length: images }, (_, image) => {
    const places = Array.from({ length: maps }, (__, map) => {
      let best = 0
      const at = (index: number): number => scores[(image * size + index) * maps + map]
      for (let index = 1; index < size; index++) if (at(index) > at(best)) best = index
      return best
    })
    return places.join()
  })
}

/** Compares the backend with kernels-wasm on the same images. kernels-wasm gives the reference's bits. */
export async function compareWithWasm(
  backend: KernelBackend,
  graph: Graph,
  { images, seed }: { readonly images: number; readonly seed: number },
): Promise<NetworkComparison> {
  const [input] = graph.inputs
  const inputs = { [input.name]: new Random(seed).floats(images * input.shape.reduce((a, b) => a * b, 1)) }
  const run = async (on: KernelBackend): Promise<Record<string, RunOutput>> => {
    const network = await on.compile(graph)
    const outputs = await network.run(inputs)
    network.dispose()
    return outputs
  }
  const [expected, actual] = [await run(wasm({ module: KERNELS })), await run(backend)]
  let [values, differing, flushed] = [0, 0, 0]
  for (const { name: output } of graph.outputs) {
    values += expected[output].length
    expected[output].forEach((value: number, index: number) => {
      const other = actual[output][index]
      if (Object.is(value, other)) return
      if (Math.abs(value - other) < LEAST_NORMAL) flushed++
      else differing++
    })
  }
  const [scores] = graph.outputs
  const { shape } = typeGraph(graph).types.get(scores.value)!
  const maps = shape.length === 3 ? shape[2] : 1
  const labels = labelsOf(actual[scores.name], images, maps)
  const same = labelsOf(expected[scores.name], images, maps).filter((label, image) => label === labels[image])
  return { images, labels: same.length, values, differing, flushed }
}

/** The reason why networks cannot be compared here, if there is one. */
export const kernelsMissing: string | undefined = existsSync(KERNELS) ? undefined : 'kernels-wasm is not built: npm run build'
