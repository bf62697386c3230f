/**
 * Exports every published network, narrow and on small images, and every block to ONNX. The file passes the checker's rules, and
 * onnxruntime agrees with the reference backend.
 */
import blocks from '@onebit/blocks'
import classify, { classifier } from '@onebit/classify'
import { type Block, createRegistry, elementCount, type Graph, reference, withOutputs } from '@onebit/core'
import { freeze } from '@onebit/layers'
import networks, { publishedNetworks } from '@onebit/networks'
import { encodeOnnx, graphToOnnx } from '@onebit/onnx'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import * as onnxruntime from 'onnxruntime-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { drawnValues } from './every-op.ts'
import { onnxFaults } from './onnx-faults.ts'

const registry = createRegistry([quantizers, blocks, networks, classify])

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** Moves BatchNorms and scales away from their initial values, so that nothing cancels. */
function moveNorms(model: tf.LayersModel): void {
  let seed = 1
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue
    layer.setWeights(
      layer.getWeights().map((weight) => tf.add(weight, tf.randomUniform(weight.shape, 0.05, 0.3, 'float32', seed++))),
    )
  }
}

interface Difference {
  readonly value: string
  readonly relative: number
  readonly largest: number
}

/** Differences of values in execution order, each compared on its own. */
async function differences(graph: Graph, values: readonly string[]): Promise<Difference[]> {
  const tapped = withOutputs(graph, values)
  const model = graphToOnnx(tapped)
  expect(onnxFaults(model)).toEqual([])
  const session = await onnxruntime.InferenceSession.create(encodeOnnx(model), { logSeverityLevel: 3 })
  const [{ name, shape }] = graph.inputs
  const image = drawnValues(2 * elementCount(shape))
  const received = await session.run({ [name]: new onnxruntime.Tensor('float32', image, [2, ...shape]) })
  const executable = await reference.compile(tapped)
  const expected = await executable.run({ [name]: image })
  executable.dispose()
  await session.release()
  return [...values, ...graph.outputs.map((output) => output.name)].map((value) => {
    const others = received[value].data as Float32Array
    expect(others).toHaveLength(expected[value].length)
    let [largest, difference] = [0, 0]
    expected[value].forEach((number: number, index: number) => {
      largest = Math.max(largest, Math.abs(number))
      difference = Math.max(difference, Math.abs(number - others[index]))
    })
    return { value, relative: largest === 0 ? difference : difference / largest, largest }
  })
}

/**
 * Tolerance for float32 sums in another order. After a sign that rounding alone decides, values differ. So values count up to the
 * first threshold at which a difference flipped a bit.
 */
const TOLERANCE = 2e-5

async function expectEqual(graph: Graph): Promise<void> {
  const thresholds = graph.nodes.filter(({ op }) => op === 'threshold')
  const names = thresholds.map(({ name }) => name)
  const found = await differences(graph, names)
  const flipped = found.findIndex(({ relative }) => !(relative <= TOLERANCE))
  if (flipped < 0) return
  // A difference only in the outputs, or already in the first two layers, would not come from rounding.
  expect(flipped, found[flipped].value).toBeLessThan(thresholds.length)
  expect(flipped, found[flipped].value).toBeGreaterThan(1)
  const [before] = await differences(graph, [thresholds[flipped].inputs[0]])
  expect(before.relative, `what ${names[flipped]} compares`).toBeLessThan(TOLERANCE)
}

/** AlexNet's stem needs images larger than 32x32. The other networks halve 32x32 five times. */
const isAlexNet = (name: string): boolean => name.includes('alexnet')

describe('published networks', () => {
  test.each(Object.keys(publishedNetworks))('%s', async (name) => {
    const { paper: _, network, input, ...options } = publishedNetworks[name]
    const size = isAlexNet(name) ? 67 : 32
    const narrow = isAlexNet(name) ? { width: 12, hidden: 16 } : { width: 8 }
    const parts = { activation: options.activation, weight: options.weight }
    const model = classifier(registry, {
      block: registry.resolve('block', options.block),
      ...Object.fromEntries(Object.entries(parts).map(([part, name]) => [part, name && registry.resolve('quantizer', name)])),
      network: registry.resolve('network', { ...(typeof network === 'string' ? { name: network } : network), ...narrow }),
      classes: 4,
      input: [size, size, input[2]],
    })
    moveNorms(model)
    const { graph } = freeze(model)
    model.dispose()
    await expectEqual(graph)
  })
})

describe('blocks', () => {
  const named = blocks.flat(Number.POSITIVE_INFINITY) as readonly Block[]
  test.each(named.filter(({ kind }) => kind === 'block').map(({ name }) => name))('%s', async (name) => {
    const { plugin, options } = registry.resolve('block', name)
    const input = tf.input({ shape: [8, 8, 8], name: 'image' })
    let values: readonly tf.SymbolicTensor[] = [input]
    for (const [index, strides] of [2, 1].entries()) {
      values = plugin.apply(values, options, {
        name: `block${index + 1}`,
        filters: 16,
        strides,
        dilation: 1,
        activation: registry.quantizer('approx-sign'),
        weight: registry.quantizer('magnitude-aware-sign'),
      })
    }
    const model = tf.model({ inputs: input, outputs: values[0] })
    moveNorms(model)
    await expectEqual(freeze(model).graph)
  })
})
