/**
 * Every quantized layer with every quantizer on either side. The frozen layer matches `predict` on the reference backend, and the
 * kernels match the reference bit for bit.
 */
import { type Configured, createRegistry, type Graph, type Quantizer, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import quantizers from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { QuantConv2D } from '../quant-conv2d.ts'
import { QuantConv2DTranspose } from '../quant-conv2d-transpose.ts'
import { QuantDense } from '../quant-dense.ts'
import { QuantDepthwiseConv2D } from '../quant-depthwise-conv2d.ts'
import type { QuantizedLayerOptions } from '../quantized-layer.ts'
import { freeze } from './freeze.ts'

const registry = createRegistry(quantizers)

type Make = (options: QuantizedLayerOptions) => tf.layers.Layer
interface Row {
  readonly make: Make
  readonly shape?: readonly number[]
  /** The op for binary inputs and kernels. */
  readonly op: string
}

const LAYERS: Readonly<Record<string, Row>> = {
  'convolution in groups': {
    make: (options) => new QuantConv2D({ filters: 6, kernelSize: 3, groups: 2, ...options }),
    op: 'binaryConv2d',
  },
  'convolution in groups, padded with one, strides': {
    make: (options) => new QuantConv2D({ filters: 2, kernelSize: 2, groups: 2, paddingValue: 'one', strides: 2, ...options }),
    op: 'binaryConv2d',
  },
  'depthwise convolution': {
    make: (options) => new QuantDepthwiseConv2D({ kernelSize: 3, depthMultiplier: 2, ...options }),
    op: 'binaryConv2d',
  },
  'depthwise convolution, padded with minus one, dilated': {
    make: (options) => new QuantDepthwiseConv2D({ kernelSize: [3, 2], dilationRate: 2, paddingValue: 'minus-one', ...options }),
    op: 'binaryConv2d',
  },
  'transposed convolution, same': {
    make: (options) => new QuantConv2DTranspose({ filters: 3, kernelSize: 3, strides: 2, ...options }),
    op: 'binaryConv2dTranspose',
  },
  'transposed convolution, valid, kernel below its strides on one axis': {
    make: (options) =>
      new QuantConv2DTranspose({ filters: 3, kernelSize: [2, 4], strides: [3, 2], padding: 'valid', ...options }),
    op: 'binaryConv2dTranspose',
  },
  'dense layer on tokens': { make: (options) => new QuantDense({ units: 5, ...options }), shape: [3, 8], op: 'binaryDense' },
}

const IMAGE = [6, 5, 4]
const PARTNER = { activation: 'ste-sign', weight: 'magnitude-aware-sign' } as const
type Target = keyof typeof PARTNER
const sides = quantizers.flatMap(({ name, for: targets }) => targets.map((target: Target) => ({ name, target })))

beforeAll(async () => {
  await tf.setBackend('cpu')
})

/** A model of one layer. Its weights and its quantizers' variables are moved from their initial values. */
function modelOf(layer: tf.layers.Layer, shape: readonly number[]): tf.LayersModel {
  const input = tf.input({ shape: [...shape], name: 'image' })
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor })
  const drawn = (weight: tf.Tensor, seed: number): tf.Tensor => tf.randomNormal(weight.shape, 0.05, 0.1, 'float32', seed)
  model.setWeights(
    model.getWeights().map((weight, index) => {
      // Kernels are drawn here, because the layer's own draws have no seed.
      return weight.rank > 1 ? tf.mul(drawn(weight, index + 1), 5) : tf.add(weight, drawn(weight, index + 1))
    }),
  )
  return model
}

async function run(graph: Graph, image: Float32Array, backend = reference): Promise<number[]> {
  const executable = await backend.compile(graph)
  const [output] = Object.values(await executable.run({ image }))
  executable.dispose()
  return Array.from(output)
}

/** Float32 sums in another order, relative to the largest value. */
const TOLERANCE = 2e-5

async function expectFrozen(model: tf.LayersModel): Promise<Graph> {
  const x = tf.randomNormal([2, ...(model.inputs[0].shape.slice(1) as number[])], 0.1, 1, 'float32', 7)
  const expected = Array.from((model.predict(x) as tf.Tensor).dataSync())
  const { graph } = freeze(model)
  const image = x.dataSync() as Float32Array
  const received = await run(graph, image)
  expect(received).toHaveLength(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  const difference = Math.max(...expected.map((value, index) => Math.abs(value - received[index])))
  expect(difference).toBeLessThanOrEqual(TOLERANCE * largest)
  expect(largest).toBeGreaterThan(0)
  expect(await run(graph, image, wasm())).toEqual(received)
  return graph
}

describe.each(Object.entries(LAYERS))('%s', (_, { make, shape = IMAGE, op }) => {
  const use = (
    names: Partial<Record<Target, string>>,
  ): { inputQuantizer?: Configured<Quantizer>; kernelQuantizer?: Configured<Quantizer> } => ({
    inputQuantizer: names.activation === undefined ? undefined : registry.resolve('quantizer', names.activation),
    kernelQuantizer: names.weight === undefined ? undefined : registry.resolve('quantizer', names.weight),
  })

  test.each(sides)('$name on $target', async ({ name, target }) => {
    const graph = await expectFrozen(modelOf(make({ ...use({ ...PARTNER, [target]: name }), useBias: true }), shape))
    expect(graph.nodes.map((node) => node.op)).toContain(op)
  })

  test.each([
    ['neither side quantized', {}],
    ['the input alone quantized', { activation: 'ste-sign' }],
    ['the kernel alone quantized', { weight: 'magnitude-aware-sign' }],
  ])('%s', async (_name, names) => {
    await expectFrozen(modelOf(make({ ...use(names), useBias: true }), shape))
  })

  test('with an activation, named as the layer', async () => {
    const graph = await expectFrozen(modelOf(make({ ...use(PARTNER), name: 'layer', activation: 'tanh' }), shape))
    expect(graph.nodes.at(-1)).toMatchObject({ op: 'activation', name: 'layer' })
  })
})
