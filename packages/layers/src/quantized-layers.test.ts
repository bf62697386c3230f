/** Forward, gradients, saving and loading of the quantized layers, on TensorFlow.js' cpu backend. */

import { type Configured, createRegistry, defineQuantizer, OptionError, PluginNotFoundError, type Quantizer } from '@onebit/core'
import { approxSign, magnitudeAwareSign, steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { QuantConv2D } from './quant-conv2d.ts'
import { QuantDense } from './quant-dense.ts'
import { quantizedLayers } from './quantized-layer.ts'
import { registerLayers } from './register.ts'

const registry = createRegistry([steSign, approxSign, magnitudeAwareSign])
const use = (name: string): Configured<Quantizer> => registry.resolve('quantizer', name)

beforeAll(async () => {
  await tf.setBackend('cpu')
})

function plainSign(values: ArrayLike<number>): Float32Array {
  return Float32Array.from(values, (value) => (value >= 0 ? 1 : -1))
}

describe('QuantConv2D', () => {
  const image = tf.randomUniform([2, 5, 6, 3], -1.5, 1.5, 'float32', 7) as tf.Tensor4D

  function layerOn(
    input: tf.Tensor,
    options: Partial<ConstructorParameters<typeof QuantConv2D>[0]>,
  ): { layer: QuantConv2D; output: tf.Tensor } {
    const layer = new QuantConv2D({
      filters: 4,
      kernelSize: 3,
      inputQuantizer: use('ste-sign'),
      kernelQuantizer: use('magnitude-aware-sign'),
      ...options,
    })
    return { layer, output: layer.apply(input) as tf.Tensor }
  }

  test.each([
    { padding: 'same', paddingValue: 'zero', strides: 1, dilationRate: 1 },
    { padding: 'same', paddingValue: 'one', strides: 2, dilationRate: 1 },
    { padding: 'same', paddingValue: 'minus-one', strides: 1, dilationRate: 2 },
    { padding: 'valid', paddingValue: 'zero', strides: 2, dilationRate: 1 },
  ] as const)('is the convolution of the signs, scaled: %o', (options) => {
    const { layer, output } = layerOn(image, options)
    const latent = layer.latentWeights!
    const scale = tf.mean(tf.abs(latent), [0, 1, 2])
    const signs = tf.tensor4d(plainSign(latent.dataSync()), latent.shape as [number, number, number, number])
    let input = tf.tensor4d(plainSign(image.dataSync()), image.shape)
    let padding: 'same' | 'valid' = options.padding
    if (options.paddingValue !== 'zero') {
      const [height, width] = output.shape.slice(1, 3)
      const total = [height, width].map(
        (size, axis) => (size - 1) * options.strides + 2 * options.dilationRate + 1 - image.shape[axis + 1],
      )
      const sides = total.map((sum) => [Math.floor(Math.max(sum, 0) / 2), Math.ceil(Math.max(sum, 0) / 2)] as [number, number])
      input = tf.pad(input, [[0, 0], ...sides, [0, 0]] as never, options.paddingValue === 'one' ? 1 : -1)
      padding = 'valid'
    }
    const expected = tf.mul(tf.conv2d(input, signs, options.strides, padding, 'NHWC', options.dilationRate), scale)
    expect(output.shape).toEqual(expected.shape)
    expect(tf.max(tf.abs(tf.sub(output, expected))).dataSync()[0]).toBeLessThan(1e-5)
  })

  test('passes the stated pseudo-gradients, to the input and to the latent weights', () => {
    const { layer } = layerOn(image, {})
    const kernel = layer.latentWeights as tf.Variable
    const dy = tf.randomUniform([2, 5, 6, 4], -1, 1, 'float32', 3)
    const loss = (x: tf.Tensor): tf.Scalar => tf.sum(tf.mul(layer.apply(x) as tf.Tensor, dy))
    const dx = tf.grad(loss)(image)
    const { grads } = tf.variableGrads(() => loss(image), [kernel])

    const signs = tf.tensor4d(plainSign(image.dataSync()), image.shape)
    const alpha = tf.mean(tf.abs(kernel), [0, 1, 2])
    const quantized = tf.mul(tf.tensor4d(plainSign(kernel.dataSync()), kernel.shape as never), alpha) as tf.Tensor4D
    const product = (x: tf.Tensor, w: tf.Tensor): tf.Scalar =>
      tf.sum(tf.mul(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), dy))
    const [rawX, rawW] = tf.grads(product)([signs, quantized])
    const expectedX = tf.mul(rawX, tf.cast(tf.lessEqual(tf.abs(image), 1), 'float32'))
    const expectedW = tf.mul(rawW, tf.mul(tf.cast(tf.less(tf.abs(kernel), 1), 'float32'), alpha))
    expect(tf.max(tf.abs(tf.sub(dx, expectedX))).dataSync()[0]).toBeLessThan(1e-5)
    expect(tf.max(tf.abs(tf.sub(grads[kernel.name], expectedW))).dataSync()[0]).toBeLessThan(1e-4)
  })

  test('clips its latent weights, unless the clip is off', () => {
    for (const [latentClip, largest] of [
      [0.5, 0.5],
      [0, 2],
    ] as const) {
      const { layer } = layerOn(image, { latentClip })
      layer.setWeights([tf.fill([3, 3, 3, 4], 2)])
      layer.clipLatentWeights()
      expect(tf.max(layer.latentWeights!).dataSync()[0]).toBe(largest)
    }
  })

  test('clips to the interval that the quantizer of its kernel declares, unless the option differs', () => {
    const clipOf = (kernelQuantizer: Configured<Quantizer> | undefined, latentClip?: number): number =>
      new QuantConv2D({ filters: 1, kernelSize: 1, kernelQuantizer, latentClip }).latentClip
    expect(clipOf(registry.quantizer({ name: 'ste-sign', clip: 1.25 }))).toBe(1.25)
    expect(clipOf(use('magnitude-aware-sign'))).toBe(0)
    expect(clipOf(use('approx-sign'))).toBe(1)
    expect(clipOf(use('magnitude-aware-sign'), 0.5)).toBe(0.5)
    expect(clipOf(undefined)).toBe(1)
  })

  test('refuses a quantizer of the wrong target, and strides together with dilation', () => {
    expect(() => layerOn(image, { inputQuantizer: use('magnitude-aware-sign') })).toThrow(/cannot quantize the activation/)
    expect(() => layerOn(image, { strides: 2, dilationRate: 2 })).toThrow(OptionError)
  })

  test('leaks no tensors', () => {
    const { layer } = layerOn(image, {})
    const before = tf.memory().numTensors
    tf.tidy(() => {
      tf.grad((x) => tf.sum(layer.apply(x) as tf.Tensor))(image)
    })
    layer.clipLatentWeights()
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('saving and loading', () => {
  const shifted = defineQuantizer({
    name: 'shifted-sign',
    for: ['activation'],
    variables: (_, { channels }) => ({ shift: { shape: [channels], initial: 0.25 } }),
    forward: (x, _, { variables }) => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, variables.shift), 'float32'), 2), 1),
    surrogate: (x, _, { variables }) => tf.clipByValue(tf.sub(x, variables.shift), -1, 1),
    freeze: (_, { variables }) => ({ thresholds: Array.from(variables.shift, (shift) => [shift]), first: [-1] }),
  })

  function build(): tf.LayersModel {
    const input = tf.input({ shape: [6, 6, 2], name: 'image' })
    const conv = new QuantConv2D({
      name: 'conv',
      filters: 3,
      kernelSize: 3,
      strides: 2,
      paddingValue: 'one',
      inputQuantizer: { plugin: shifted, options: {} },
      kernelQuantizer: registry.quantizer({ name: 'magnitude-aware-sign', scale: 'per-tensor' }),
      useBias: true,
    }).apply(input)
    const flat = tf.layers.flatten().apply(conv)
    const dense = new QuantDense({
      name: 'dense',
      units: 4,
      inputQuantizer: use('approx-sign'),
      kernelQuantizer: use('ste-sign'),
    }).apply(flat)
    return tf.model({ inputs: input, outputs: dense as tf.SymbolicTensor })
  }

  test('a model survives model.save and tf.loadLayersModel, options and learned variables included', async () => {
    const model = build()
    const [shift] = model.getLayer('conv').getWeights().slice(-1)
    expect([...shift.dataSync()]).toEqual([0.25, 0.25])
    let artifacts: tf.io.ModelArtifacts | undefined
    await model.save(
      tf.io.withSaveHandler(async (saved) => {
        artifacts = saved
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
      }),
    )
    registerLayers(createRegistry([registry.list(), shifted]))
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory(
        JSON.parse(JSON.stringify(artifacts!.modelTopology)),
        artifacts!.weightSpecs!,
        artifacts!.weightData as ArrayBuffer,
      ),
    )
    const x = tf.randomNormal([3, 6, 6, 2])
    expect([...(loaded.predict(x) as tf.Tensor).dataSync()]).toEqual([...(model.predict(x) as tf.Tensor).dataSync()])
    expect(loaded.getLayer('conv').getConfig()).toEqual(model.getLayer('conv').getConfig())
    expect(quantizedLayers(loaded)).toHaveLength(2)
  })

  test('a quantizer that the registry lacks is named, with the nearest known', async () => {
    const config = build().toJSON(null, false) as object
    registerLayers(registry)
    await expect(tf.loadLayersModel(tf.io.fromMemory({ modelTopology: config as never }))).rejects.toSatisfy(
      (error) => PluginNotFoundError.isInstance(error) && /'shifted-sign'/.test(error.message),
    )
  })
})
