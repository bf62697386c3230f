/** Layers of floats around binary convolutions: closed forms, gradients, saving, and freezing against the reference backend. */
import { createRegistry, reference } from '@onebit/core'
import { magnitudeAwareSign, steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { ChannelMix } from './channel-mix.ts'
import { ChannelPadding } from './channel-padding.ts'
import { freeze } from './freeze/freeze.ts'
import { InputScale } from './input-scale.ts'
import { LearnedScale } from './learned-scale.ts'
import { parametersOf } from './parameters-of.ts'
import { QuantConv2D } from './quant-conv2d.ts'
import { registerLayers } from './register.ts'
import { RPReLU } from './rprelu.ts'
import { ScaledSum } from './scaled-sum.ts'
import { SoftGate } from './soft-gate.ts'

const registry = createRegistry([steSign, magnitudeAwareSign])

beforeAll(async () => {
  await tf.setBackend('cpu')
  registerLayers(registry)
})

type Body = (left: tf.SymbolicTensor, right: tf.SymbolicTensor) => unknown

function modelOf(body: Body): tf.LayersModel {
  const left = tf.input({ shape: [5, 4, 3], name: 'left' })
  const right = tf.input({ shape: [5, 4, 3], name: 'right' })
  return tf.model({ inputs: [left, right], outputs: body(left, right) as tf.SymbolicTensor })
}

const conv = (x: tf.SymbolicTensor, strides: number): tf.SymbolicTensor =>
  tf.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', strides }).apply(x) as tf.SymbolicTensor

const bodies: Record<string, Body> = {
  RPReLU: (left, right) => tf.layers.add().apply([new RPReLU().apply(left) as tf.SymbolicTensor, right]),
  'LearnedScale, channel': (left, right) => tf.layers.add().apply([new LearnedScale().apply(left) as tf.SymbolicTensor, right]),
  'LearnedScale, all axes': (left, right) =>
    tf.layers.add().apply([new LearnedScale({ extent: 'channel-height-width' }).apply(left) as tf.SymbolicTensor, right]),
  SoftGate: (left, right) => new SoftGate({}).apply([left, right]),
  ChannelMix: (left, right) => new ChannelMix({}).apply([left, right]),
  ChannelPadding: (left, right) => {
    const wider = (x: tf.SymbolicTensor): tf.SymbolicTensor => new ChannelPadding({ channels: 6 }).apply(x) as tf.SymbolicTensor
    return conv(tf.layers.add().apply([wider(left), wider(right)]) as tf.SymbolicTensor, 1)
  },
  ScaledSum: (left, right) => new ScaledSum({}).apply([left, right, left]),
  InputScale: (left, right) => new InputScale({ kernelSize: 3 }).apply([conv(left, 1), right]),
  'InputScale, strides 2': (left, right) => new InputScale({ kernelSize: 3, strides: 2 }).apply([conv(left, 2), right]),
  'InputScale, dilated': (left, right) => new InputScale({ kernelSize: 3, dilationRate: 2 }).apply([left, right]),
}

const inputs = ['left', 'right'].map((_, index) => tf.randomUniform([2, 5, 4, 3], -2, 2, 'float32', index + 1))

describe.each(Object.keys(bodies))('%s', (name) => {
  test('freezes, trains and survives a file unchanged', async () => {
    const model = modelOf(bodies[name])
    let seed = 5
    model.setWeights(model.getWeights().map(({ shape }) => tf.randomUniform(shape, -1, 1, 'float32', seed++)))
    const expected = model.predict(inputs) as tf.Tensor
    const executable = await reference.compile(freeze(model).graph)
    const [left, right] = inputs.map((x) => x.dataSync() as Float32Array)
    const [output] = Object.values(await executable.run({ left, right }))
    const scale = tf.max(tf.abs(expected)).dataSync()[0]
    const difference = Math.max(...Array.from(expected.dataSync(), (value, index) => Math.abs(value - Number(output[index]))))
    expect(difference / scale).toBeLessThan(1e-5)

    // The cpu backend has no gradient of dilated convolutions.
    if (!name.includes('dilated')) {
      const { grads } = tf.variableGrads(() => tf.sum(tf.square(model.apply(inputs) as tf.Tensor)) as tf.Scalar)
      for (const gradient of Object.values(grads)) expect(tf.sum(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0)
    }

    const artifacts = await new Promise<tf.io.ModelArtifacts>((resolve) => {
      model.save(
        tf.io.withSaveHandler(async (saved) => {
          resolve(saved)
          return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) }
        }),
      )
    })
    const restored = await tf.loadLayersModel(tf.io.fromMemory(artifacts))
    expect((restored.predict(inputs) as tf.Tensor).dataSync()).toEqual(expected.dataSync())
  })
})

describe('closed forms', () => {
  const x = tf.tensor4d([-3, -1, 0, 2], [1, 1, 2, 2])
  const withWeights = <L extends tf.layers.Layer>(layer: L, shape: number[] | number[][], weights: number[][]): L => {
    layer.build(shape as never)
    layer.setWeights(weights.map((values) => tf.tensor1d(values)))
    return layer
  }

  test('RPReLU bends at gamma and adds zeta', () => {
    const layer = withWeights(
      new RPReLU(),
      [null as never, 1, 2, 2],
      [
        [-2, 1],
        [0.5, 0.1],
        [10, 20],
      ],
    )
    const expected = [9.5, 19.8, 12, 21]
    ;(layer.apply(x) as tf.Tensor).dataSync().forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index], 5)
    })
  })

  test('a SoftGate of theta 0 is the mean; a ScaledSum weighs', () => {
    const gate = withWeights(
      new SoftGate({}),
      [
        [1, 2, 2],
        [1, 2, 2],
      ],
      [[0]],
    )
    expect(Array.from((gate.apply([x, tf.zerosLike(x)]) as tf.Tensor).dataSync())).toEqual([-1.5, -0.5, 0, 1])
    const sum = withWeights(
      new ScaledSum({}),
      [
        [1, 2, 2],
        [1, 2, 2],
      ],
      [[2, -1]],
    )
    expect(Array.from((sum.apply([x, tf.onesLike(x)]) as tf.Tensor).dataSync())).toEqual([-7, -3, -1, 3])
  })

  test('LearnedScale refuses rows of an open size and an unknown extent', () => {
    expect(() => new LearnedScale({ extent: 'channel-height-width' }).build([null, null, 4, 2])).toThrow(/image of known size/)
    expect(() => new LearnedScale({ extent: 'rows' as never })).toThrow(/refuses its option 'extent'/)
  })
})

test('zeros lie on both sides of the channels, with one more after; fewer channels are refused', () => {
  const x = tf.ones([1, 1, 1, 2])
  expect(Array.from((new ChannelPadding({ channels: 5 }).apply(x) as tf.Tensor).dataSync())).toEqual([0, 1, 1, 0, 0])
  expect(() => new ChannelPadding({ name: 'narrow', channels: 1 }).apply(x)).toThrow(
    /'narrow'.*can only add channels.*at least 2/s,
  )
})

test('a share outside [0, 1] counts as the nearest bound, and still receives its gradient', () => {
  const mix = new ChannelMix({})
  const [a, b] = [tf.tensor([[1, 2]]), tf.tensor([[10, 20]])]
  mix.apply([a, b])
  mix.setWeights([tf.tensor1d([1.5, -0.5])])
  const share = (mix.weights[0] as unknown as { val: tf.Variable }).val
  const { value, grads } = tf.variableGrads(() => tf.sum(mix.apply([a, b]) as tf.Tensor) as tf.Scalar)
  expect(value.dataSync()[0]).toBe(1 + 20)
  expect(Array.from(grads[share.name].dataSync())).toEqual([-9, -18])
})

test('parametersOf distinguishes kinds of weights and counts a shared layer once', () => {
  const input = tf.input({ shape: [4, 4, 3] })
  const layer = new QuantConv2D({
    filters: 3,
    kernelSize: 3,
    useBias: true,
    inputQuantizer: registry.quantizer('ste-sign'),
    kernelQuantizer: registry.quantizer('ste-sign'),
  })
  const once = layer.apply(input) as tf.SymbolicTensor
  const norm = tf.layers.batchNormalization({ scale: false }).apply(layer.apply(once)) as tf.SymbolicTensor
  const model = tf.model({ inputs: input, outputs: new RPReLU().apply(norm) as tf.SymbolicTensor })
  expect(parametersOf(model)).toEqual({
    binary: 81,
    binaryChannels: 3,
    distinctWidths: 3,
    normalization: 9,
    normalizationChannels: 3,
    real: 3 + 9,
  })
})
