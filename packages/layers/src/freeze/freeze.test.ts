/**
 * Compares frozen graphs on the reference backend with their models. TensorFlow.js' own layers have another test, beside their
 * converters.
 */
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry, FreezeError, type Graph, reference } from '@onebit/core'
import { approxSign, magnitudeAwareSign, steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { QuantConv2D, type QuantConv2DOptions } from '../quant-conv2d.ts'
import { QuantDense } from '../quant-dense.ts'
import { freeze } from './freeze.ts'

const registry = createRegistry([steSign, approxSign, magnitudeAwareSign])
const inputQuantizer = registry.quantizer('ste-sign')
const kernelQuantizer = registry.quantizer('magnitude-aware-sign')

beforeAll(async () => {
  await tf.setBackend('cpu')
})

type Layer = (x: tf.SymbolicTensor) => tf.SymbolicTensor | tf.SymbolicTensor[] | unknown

function modelOf(shape: number[], body: Layer): tf.LayersModel {
  const input = tf.input({ shape, name: 'image' })
  return tf.model({ inputs: input, outputs: body(input) as tf.SymbolicTensor })
}

/** Fills every weight with different numbers, so that nothing cancels. Moving variances stay positive. */
function scramble(model: tf.LayersModel): void {
  let seed = 1
  for (const layer of model.layers) {
    const weights = layer.getWeights()
    if (layer instanceof tf.LayersModel) scramble(layer)
    else
      layer.setWeights(
        weights.map((weight) =>
          tf.add(tf.mul(tf.randomUniform(weight.shape, -1, 1, 'float32', seed++), 0.4), weight.rank === 1 ? 0.7 : 0),
        ),
      )
  }
}

/** Largest difference between the model and its frozen graph, relative to the largest output. */
async function difference(model: tf.LayersModel, batch = 3): Promise<number> {
  const shape = [batch, ...(model.inputs[0].shape.slice(1) as number[])]
  const x = tf.randomUniform(shape, -1.5, 1.5, 'float32', 11)
  const expected = model.predict(x) as tf.Tensor
  const { graph } = freeze(model)
  const executable = await reference.compile(graph)
  const [output] = Object.values(await executable.run({ [graph.inputs[0].name]: (await x.data()) as Float32Array }))
  expect(output).toHaveLength(expected.size)
  const actual = tf.tensor(Float32Array.from(output), expected.shape)
  return tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(actual, expected))), tf.max(tf.abs(expected))).dataSync()[0])
}

const conv = (x: tf.SymbolicTensor, options: Partial<QuantConv2DOptions> = {}): tf.SymbolicTensor =>
  new QuantConv2D({ filters: 5, kernelSize: 3, inputQuantizer, kernelQuantizer, ...options }).apply(x) as tf.SymbolicTensor

const quantized: Record<string, Layer> = {
  'bits times bits': (x) => conv(x),
  'padding one, stride 2': (x) => conv(x, { paddingValue: 'one', strides: 2 }),
  'padding minus-one, dilation 2': (x) => conv(x, { paddingValue: 'minus-one', dilationRate: 2 }),
  'with bias': (x) => conv(x, { useBias: true }),
  'binary weights alone': (x) => conv(x, { inputQuantizer: undefined }),
  'binary weights alone, padding one': (x) => conv(x, { inputQuantizer: undefined, paddingValue: 'one' }),
  'binary activations alone': (x) => conv(x, { kernelQuantizer: undefined }),
  'real on both sides': (x) => conv(x, { inputQuantizer: undefined, kernelQuantizer: undefined, useBias: true }),
  'sign, conv, BatchNorm, shortcut': (x) => {
    // Without its BatchNorm, a sum of scaled signs can miss zero by a rounding error, and the next sign decides at zero.
    const wide = tf.layers.batchNormalization().apply(conv(x)) as tf.SymbolicTensor
    const norm = tf.layers.batchNormalization().apply(conv(wide)) as tf.SymbolicTensor
    return tf.layers.add().apply([norm, wide])
  },
  dense: (x) => new QuantDense({ units: 6, inputQuantizer, kernelQuantizer, useBias: true }).apply(tf.layers.flatten().apply(x)),
}

describe('quantized layers', () => {
  test.each(Object.keys(quantized))('%s', async (name) => {
    const model = modelOf([7, 6, 3], quantized[name])
    scramble(model)
    expect(await difference(model)).toBeLessThan(1e-5)
  })

  test('bits times bits become one threshold, one binary convolution and one affine, the scale merged with the BatchNorm', () => {
    const { graph } = freeze(modelOf([6, 6, 3], (x) => tf.layers.batchNormalization().apply(conv(x))))
    expect(graph.nodes.map(({ op }) => op)).toEqual(['threshold', 'binaryConv2d', 'affine'])
    const weights = [...graph.tensors.values()].find(({ shape }) => shape.length === 4)!
    expect(weights).toMatchObject({ dtype: 'bit', shape: [5, 3, 3, 3] })
    expect(weights.data.byteLength).toBe(Math.ceil((5 * 3 * 3 * 3) / 8))
  })
})

describe('models', () => {
  const shared = (x: tf.SymbolicTensor): tf.SymbolicTensor => {
    const layer = tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'shared' })
    return layer.apply(layer.apply(x) as tf.SymbolicTensor) as tf.SymbolicTensor
  }

  test('a layer called twice has its nodes twice and its tensors once', async () => {
    const model = modelOf([5, 5, 3], shared)
    scramble(model)
    expect(await difference(model)).toBeLessThan(1e-5)
    const { nodes, tensors } = freeze(model).graph
    expect(nodes.map(({ name }) => name)).toEqual(['shared', 'shared.call2'])
    expect(nodes.map((node) => node.tensors)).toEqual(Array(2).fill({ weights: 'shared.weights', bias: 'shared.bias' }))
    expect([...tensors.keys()]).toEqual(['shared.weights', 'shared.bias'])
  })

  test('nested and sequential models are walked', async () => {
    const inner = tf.sequential({
      layers: [tf.layers.conv2d({ inputShape: [5, 5, 3], filters: 3, kernelSize: 3, padding: 'same' }), tf.layers.reLU()],
    })
    const model = modelOf([5, 5, 3], (x) => tf.layers.add().apply([inner.apply(x) as tf.SymbolicTensor, x]))
    scramble(model)
    expect(await difference(model)).toBeLessThan(1e-5)
    expect(await difference(inner)).toBeLessThan(1e-5)
  })

  test('several inputs, several outputs and taps keep their names', async () => {
    const left = tf.input({ shape: [4, 4, 2], name: 'left' })
    const right = tf.input({ shape: [4, 4, 2], name: 'right' })
    const sum = tf.layers.add({ name: 'sum' }).apply([left, right]) as tf.SymbolicTensor
    const product = tf.layers.multiply({ name: 'product' }).apply([sum, right]) as tf.SymbolicTensor
    const { graph } = freeze(tf.model({ inputs: [left, right], outputs: [sum, product] }), {
      taps: { same: left },
      metadata: { task: 'test' },
    })
    const executable = await reference.compile(graph)
    const outputs = await executable.run({ left: new Float32Array(32).fill(2), right: new Float32Array(32).fill(3) })
    expect(Object.keys(outputs)).toEqual(['sum', 'product', 'same'])
    expect([outputs.sum[0], outputs.product[0], outputs.same[0]]).toEqual([5, 15, 2])
    expect(graph.metadata).toEqual({ task: 'test' })
  })

  test('an open shape, an unknown class and an unknown activation are refused with a way out', () => {
    const refusals: [Layer, number[], RegExp][] = [
      [(x) => tf.layers.reLU().apply(x), [null as unknown as number, 4, 1], /open shape/],
      [(x) => tf.layers.permute({ dims: [2, 1, 3] }).apply(x), [4, 4, 1], /no converter.*toGraph/],
      [(x) => tf.layers.activation({ activation: 'selu' }).apply(x), [4, 4, 1], /has no op/],
      [(x) => tf.layers.prelu({}).apply(x), [4, 4, 1], /sharedAxes/],
    ]
    for (const [body, shape, message] of refusals) {
      const attempt = (): Graph => freeze(modelOf(shape, body)).graph
      expect(attempt).toThrow(message)
      expect(attempt).toThrow(FreezeError)
    }
  })

  test.each<[string, (x: tf.SymbolicTensor) => unknown, number]>([
    ['NaN in a kernel', (x) => tf.layers.conv2d({ filters: 2, kernelSize: 1 }).apply(x), Number.NaN],
    ['an infinite bias', (x) => tf.layers.dense({ units: 2 }).apply(x), Number.POSITIVE_INFINITY],
    ['NaN in statistics of BatchNorm', (x) => tf.layers.batchNormalization().apply(x), Number.NaN],
    ['a slope that is -Infinity', (x) => tf.layers.prelu({ sharedAxes: [1, 2] }).apply(x), Number.NEGATIVE_INFINITY],
  ])('a diverged model makes no file: %s', async (_, body, value) => {
    const model = modelOf([3, 3, 2], body as never)
    model.setWeights(model.getWeights().map(({ shape }, index, all) => tf.fill(shape, index === all.length - 1 ? value : 1)))
    const frozen = freeze(model)
    expect(() => frozen.bytes()).toThrow(/holds (NaN|Infinity|-Infinity) at index 0.*Train again/)
    const path = join(tmpdir(), `onebit-diverged-${process.pid}.safetensors`)
    await expect(frozen.save(path)).rejects.toThrow(/Train again/)
    expect(existsSync(path)).toBe(false)
  })

  test('a layer with several outputs is refused', () => {
    class Split extends tf.layers.Layer {
      static className = 'Split'
      override computeOutputShape(shape: tf.Shape | tf.Shape[]): tf.Shape[] {
        return [shape as tf.Shape, shape as tf.Shape]
      }
      toGraph({ inputs }: import('./to-graph.ts').ToGraphContext): string {
        return inputs[0]
      }
    }
    const model = modelOf([3, 3, 2], (x) => (new Split({}).apply(x) as tf.SymbolicTensor[])[1])
    expect(() => freeze(model)).toThrow(FreezeError)
    expect(() => freeze(model)).toThrow(/several outputs/)
  })

  test("a third party's layer freezes through its own toGraph", async () => {
    class Doubled extends tf.layers.Layer {
      static className = 'Doubled'
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul(Array.isArray(inputs) ? inputs[0] : inputs, 2)
      }
      toGraph({ builder, name, inputs }: import('./to-graph.ts').ToGraphContext): string {
        const tensor = (value: number) => ({ dtype: 'float32', shape: [1], data: Float32Array.of(value) }) as const
        return builder.node('affine', { name, inputs, tensors: { scale: tensor(2), shift: tensor(0) } })
      }
    }
    expect(await difference(modelOf([3, 3, 2], (x) => new Doubled({}).apply(x)))).toBe(0)
  })
})
