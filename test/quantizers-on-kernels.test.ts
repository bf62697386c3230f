/** Every quantizer on each of its sides, trained and frozen: the WebAssembly kernels equal the reference backend, bit for bit. */
import { createRegistry, type Graph, type KernelBackend, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import { freeze, QuantConv2D } from '@onebit/layers'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const registry = createRegistry(quantizers)
const PARTNER = { activation: 'ste-sign', weight: 'magnitude-aware-sign' }
const SHAPE = [9, 7, 24]

/** Two layers in a row, the second padded with +1. Their weights and learned variables have moved from the initial values. */
function frozenGraph(names: typeof PARTNER): Graph {
  const input = tf.input({ shape: SHAPE, name: 'image' })
  const layer = (options: { strides: number; paddingValue: 'zero' | 'one' }) =>
    new QuantConv2D({
      filters: 24,
      kernelSize: 3,
      inputQuantizer: registry.resolve('quantizer', names.activation),
      kernelQuantizer: registry.resolve('quantizer', names.weight),
      ...options,
    })
  const first = layer({ strides: 1, paddingValue: 'zero' }).apply(input) as tf.SymbolicTensor
  const outputs = layer({ strides: 2, paddingValue: 'one' }).apply(first) as tf.SymbolicTensor
  const model = tf.model({ inputs: input, outputs })
  const moved = model
    .getWeights()
    .map((weight, seed) => tf.add(weight, tf.randomNormal(weight.shape, 0.05, 0.1, 'float32', seed + 1)))
  model.setWeights(moved)
  return freeze(model).graph
}

async function run(graph: Graph, backend: KernelBackend, image: Float32Array): Promise<Float32Array> {
  const executable = await backend.compile(graph)
  const [output] = Object.values(await executable.run({ image }))
  executable.dispose()
  return output as Float32Array
}

// The random numbers of TensorFlow.js that have no seed depend on it: the initial weights of a layer and its quantizers.
beforeEach(() => {
  let draws = 0
  vi.spyOn(Math, 'random').mockImplementation(() => (++draws * 0.6180339887498949) % 1)
})
afterEach(() => vi.restoreAllMocks())

const sides = quantizers.flatMap(({ name, for: targets }) => targets.map((target) => ({ name, target })))

test.each(sides)('$name on $target', async ({ name, target }) => {
  await tf.setBackend('cpu')
  const graph = frozenGraph({ ...PARTNER, [target]: name })
  expect(graph.nodes.some(({ op }) => op === 'binaryConv2d')).toBe(true)
  const image = tf.randomNormal([2, ...SHAPE], 0.1, 1, 'float32', 7).dataSync() as Float32Array
  const expected = await run(graph, reference, image)
  expect(new Set(expected).size).toBeGreaterThan(20)
  expect(await run(graph, wasm(), image)).toEqual(expected)
})
