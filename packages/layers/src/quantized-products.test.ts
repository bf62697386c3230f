/**
 * Compares quantized layers with a plain transcription: a list of the products of inputs and weights for each output. The layer's
 * outputs and both of its gradients follow from that list.
 */
import { createRegistry } from '@onebit/core'
import { steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { QuantConv2D } from './quant-conv2d.ts'
import { QuantConv2DTranspose } from './quant-conv2d-transpose.ts'
import { QuantDense } from './quant-dense.ts'
import { QuantDepthwiseConv2D } from './quant-depthwise-conv2d.ts'
import type { QuantizedLayer } from './quantized-layer.ts'

const sign = createRegistry([steSign]).quantizer('ste-sign')
const both = { inputQuantizer: sign, kernelQuantizer: sign }
const [HEIGHT, WIDTH] = [5, 6]

/** Positions of an output, an input and a weight that are multiplied, row-major. */
type Products = readonly (readonly [output: number, input: number, weight: number])[]

interface Case {
  readonly layer: QuantizedLayer
  /** Without the batch. */
  readonly input: readonly number[]
  readonly output: readonly number[]
  readonly products: Products
}

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

/** Padding before the first row or column, `same`. */
function before(input: number, size: number, stride: number, dilation: number): number {
  const total = (Math.ceil(input / stride) - 1) * stride + (size - 1) * dilation + 1 - input
  return Math.floor(Math.max(total, 0) / 2)
}

/** Kernel `[size, size, channels / groups, outputs]`, `same`. */
function grouped(channels: number, outputs: number, size: number, stride: number, dilation: number, groups: number): Case {
  const [rows, columns] = [Math.ceil(HEIGHT / stride), Math.ceil(WIDTH / stride)]
  const [top, left] = [before(HEIGHT, size, stride, dilation), before(WIDTH, size, stride, dilation)]
  const [groupChannels, groupOutputs] = [channels / groups, outputs / groups]
  const products: [number, number, number][] = []
  for (const y of range(rows)) {
    for (const x of range(columns)) {
      for (const ky of range(size)) {
        for (const kx of range(size)) {
          const [row, column] = [y * stride - top + ky * dilation, x * stride - left + kx * dilation]
          if (row < 0 || row >= HEIGHT || column < 0 || column >= WIDTH) continue
          for (const output of range(outputs)) {
            const first = Math.floor(output / groupOutputs) * groupChannels
            for (const channel of range(groupChannels)) {
              products.push([
                (y * columns + x) * outputs + output,
                (row * WIDTH + column) * channels + first + channel,
                ((ky * size + kx) * groupChannels + channel) * outputs + output,
              ])
            }
          }
        }
      }
    }
  }
  const layer =
    groups === channels
      ? new QuantDepthwiseConv2D({
          kernelSize: size,
          strides: stride,
          dilationRate: dilation,
          depthMultiplier: groupOutputs,
          ...both,
        })
      : new QuantConv2D({ filters: outputs, kernelSize: size, strides: stride, dilationRate: dilation, groups, ...both })
  return { layer, input: [HEIGHT, WIDTH, channels], output: [rows, columns, outputs], products }
}

/** Kernel `[height, width, outputs, channels]`. Each input adds to the outputs that its taps reach. */
function transposed(size: readonly [number, number], strides: readonly [number, number], padding: 'same' | 'valid'): Case {
  const [channels, outputs] = [3, 2]
  const length = (input: number, axis: number): number =>
    padding === 'same' ? input * strides[axis] : input * strides[axis] + Math.max(size[axis] - strides[axis], 0)
  const [rows, columns] = [length(HEIGHT, 0), length(WIDTH, 1)]
  const crop = (axis: number): number => (padding === 'same' ? Math.floor(Math.max(size[axis] - strides[axis], 0) / 2) : 0)
  const products: [number, number, number][] = []
  for (const y of range(HEIGHT)) {
    for (const x of range(WIDTH)) {
      for (const ky of range(size[0])) {
        for (const kx of range(size[1])) {
          const [row, column] = [y * strides[0] + ky - crop(0), x * strides[1] + kx - crop(1)]
          if (row < 0 || row >= rows || column < 0 || column >= columns) continue
          for (const output of range(outputs)) {
            for (const channel of range(channels)) {
              products.push([
                (row * columns + column) * outputs + output,
                (y * WIDTH + x) * channels + channel,
                ((ky * size[1] + kx) * outputs + output) * channels + channel,
              ])
            }
          }
        }
      }
    }
  }
  const layer = new QuantConv2DTranspose({ filters: outputs, kernelSize: size, strides, padding, ...both })
  return { layer, input: [HEIGHT, WIDTH, channels], output: [rows, columns, outputs], products }
}

function dense(leading: readonly number[], features: number, units: number): Case {
  const rows = leading.reduce((count, size) => count * size, 1)
  const products = range(rows).flatMap((row) =>
    range(units).flatMap((unit) =>
      range(features).map(
        (feature) => [row * units + unit, row * features + feature, feature * units + unit] as [number, number, number],
      ),
    ),
  )
  return { layer: new QuantDense({ units, ...both }), input: [...leading, features], output: [...leading, units], products }
}

const CASES: Readonly<Record<string, () => Case>> = {
  'convolution in 2 groups': () => grouped(4, 6, 3, 1, 1, 2),
  'convolution in 3 groups, strides 2': () => grouped(6, 3, 2, 2, 1, 3),
  'depthwise convolution': () => grouped(3, 3, 3, 1, 1, 3),
  'depthwise convolution, multiplier 2, strides 2': () => grouped(3, 6, 3, 2, 1, 3),
  'transposed convolution, same': () => transposed([3, 3], [2, 2], 'same'),
  'transposed convolution, same, uneven': () => transposed([4, 2], [1, 2], 'same'),
  'transposed convolution, same, kernel below its strides': () => transposed([2, 1], [3, 2], 'same'),
  'transposed convolution, valid': () => transposed([3, 4], [2, 1], 'valid'),
  'transposed convolution, valid, kernel below its strides': () => transposed([2, 3], [3, 2], 'valid'),
  'dense layer': () => dense([], 5, 3),
  'dense layer on tokens': () => dense([4], 5, 3),
  'dense layer on an image': () => dense([2, 3], 5, 3),
}

const signOf = (value: number): number => (value >= 0 ? 1 : -1)
const BATCH = 2

beforeAll(async () => {
  await tf.setBackend('cpu')
})

describe.each(Object.keys(CASES))('%s', (name) => {
  test('has the outputs and the gradients of its products', () => {
    const { layer, input, output, products } = CASES[name]()
    const x = tf.randomUniform([BATCH, ...input], -1.5, 1.5, 'float32', 3)
    const dy = tf.randomUniform([BATCH, ...output], -1, 1, 'float32', 4)
    expect((layer.apply(x) as tf.Tensor).shape).toEqual([BATCH, ...output])
    expect(layer.computeOutputShape(x.shape)).toEqual([BATCH, ...output])
    const kernel = layer.latentWeights as tf.Variable
    kernel.assign(tf.randomUniform(kernel.shape, -1.5, 1.5, 'float32', 5))
    const received = (layer.apply(x) as tf.Tensor).dataSync()
    const loss = (values: tf.Tensor): tf.Scalar => tf.sum(tf.mul(layer.apply(values) as tf.Tensor, dy))
    const dx = tf.grad(loss)(x).dataSync()
    const { grads } = tf.variableGrads(() => loss(x), [kernel])

    const [xs, ws, dys] = [x.dataSync(), kernel.dataSync(), dy.dataSync()]
    const [inputs, outputs] = [x.size / BATCH, dy.size / BATCH]
    const expected = new Float64Array(dy.size)
    const expectedX = new Float64Array(x.size)
    const expectedW = new Float64Array(kernel.size)
    for (const sample of range(BATCH)) {
      for (const [to, from, weight] of products) {
        const [i, o] = [sample * inputs + from, sample * outputs + to]
        expected[o] += signOf(xs[i]) * signOf(ws[weight])
        expectedX[i] += dys[o] * signOf(ws[weight])
        expectedW[weight] += dys[o] * signOf(xs[i])
      }
    }
    expect(Array.from(received)).toEqual(Array.from(expected))
    // The straight-through estimator of `ste-sign`: the gradient passes if the value is within [-1, 1].
    const passes = (value: number): number => (Math.abs(value) <= 1 ? 1 : 0)
    dx.forEach((value, index) => {
      expect(value).toBeCloseTo(expectedX[index] * passes(xs[index]), 4)
    })
    grads[kernel.name].dataSync().forEach((value, index) => {
      expect(value).toBeCloseTo(expectedW[index] * passes(ws[index]), 4)
    })
  })
})

test('a dense layer trains on tokens with fit', async () => {
  const model = tf.sequential({ layers: [new QuantDense({ units: 2, inputShape: [4, 3], ...both })] })
  const before = model.getWeights()[0].dataSync().slice()
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' })
  await model.fit(tf.randomNormal([6, 4, 3]), tf.randomNormal([6, 4, 2]), { epochs: 1, verbose: 0 })
  expect(model.getWeights()[0].dataSync()).not.toEqual(before)
})
