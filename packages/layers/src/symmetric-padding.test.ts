/** Symmetric padding against explicit margins: what layers give, its gradients, and its form after freezing. */
import { createRegistry, reference } from '@onebit/core'
import { wasm } from '@onebit/kernels-wasm'
import { steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { freeze } from './freeze/freeze.ts'
import { QuantConv2D, type QuantConv2DOptions } from './quant-conv2d.ts'
import { SymmetricMaxPool } from './symmetric-max-pool.ts'

beforeAll(async () => void (await tf.setBackend('cpu')))

const sign = createRegistry([steSign]).quantizer('ste-sign')
const random = (shape: number[], seed: number): tf.Tensor => tf.randomUniform(shape, -1, 1, 'float32', seed)
const margins = (sides: number): [number, number][] => [
  [0, 0],
  [sides, sides],
  [sides, sides],
  [0, 0],
]

test.each([
  ['7x7 of stride 2', { kernelSize: 7, strides: 2 }, 3],
  ['3x3 of stride 2', { kernelSize: 3, strides: 2 }, 1],
  ['dilated 3x3', { kernelSize: 3, dilationRate: 2 }, 2],
] as const)('a %s convolution reaches equally far over all borders', (_, options, sides) => {
  const x = random([2, 8, 6, 3], 1) as tf.Tensor4D
  const layer = new QuantConv2D({ filters: 4, padding: 'symmetric', ...options } as QuantConv2DOptions)
  const given = layer.apply(x) as tf.Tensor
  const { strides = 1, dilationRate = 1 } = options as { strides?: number; dilationRate?: number }
  const [kernel] = layer.getWeights() as tf.Tensor4D[]
  const expected = tf.conv2d(tf.pad(x, margins(sides)) as tf.Tensor4D, kernel, strides, 'valid', 'NHWC', dilationRate)
  expect(given.shape).toEqual(expected.shape)
  expect(layer.computeOutputShape(x.shape)).toEqual(expected.shape)
  given.dataSync().forEach((value, index) => {
    expect(value).toBeCloseTo(expected.dataSync()[index], 5)
  })
})

test('on an even size, a stride of 2 begins one pixel before where TensorFlow does', () => {
  const x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4, 1])
  const pooled = new SymmetricMaxPool({ poolSize: 3, strides: 2 }).apply(x) as tf.Tensor
  expect(Array.from(pooled.dataSync())).toEqual([6, 8, 14, 16])
  const same = tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }).apply(x) as tf.Tensor
  expect(Array.from(same.dataSync())).toEqual([11, 12, 15, 16])
})

test('taps outside do not count in a maximum of negative values, and its gradient is that of the largest', () => {
  const x = random([1, 4, 4, 2], 3).sub(2) as tf.Tensor4D
  const layer = new SymmetricMaxPool({ poolSize: 3, strides: 2 })
  expect(Math.max(...(layer.apply(x) as tf.Tensor).dataSync())).toBeLessThan(0)
  const gradient = tf.grad((input: tf.Tensor) => tf.sum(layer.apply(input) as tf.Tensor))(x)
  expect(tf.sum(gradient).dataSync()[0]).toBe(8)
})

test.each(['zero', 'one'] as const)('a binary convolution padded with %s freezes to equal bits on the kernels', async (value) => {
  const input = tf.input({ shape: [8, 6, 5], name: 'image' })
  const quantizers = { inputQuantizer: sign, kernelQuantizer: sign }
  const options = { filters: 7, kernelSize: 3, strides: 2, padding: 'symmetric', paddingValue: value, ...quantizers } as const
  const model = tf.model({ inputs: input, outputs: new QuantConv2D(options).apply(input) as tf.SymbolicTensor })
  const x = random([1, 8, 6, 5], 5)
  const expected = Array.from((model.predict(x) as tf.Tensor).dataSync())
  const { graph } = freeze(model)
  for (const backend of [reference, wasm()]) {
    const [output] = Object.values(await (await backend.compile(graph)).run({ image: x.dataSync() as Float32Array }))
    expect(Array.from(output as Float32Array), backend.name).toEqual(expected)
  }
})
