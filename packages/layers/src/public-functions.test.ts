/** Calls layers, composing and freezing with garbage: see `test/public-functions.ts`. */
import { createRegistry, defineBlock, defineHead, defineNetwork, defineTask, GraphBuilder, type TaskRuntime } from '@onebit/core'
import quantizers, { linearClassifier, steSign } from '@onebit/quantizers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll } from 'vitest'
import { type Trial, testPublicFunctions } from '../../../test/public-functions.ts'
import * as layers from './index.ts'

type Inputs = Parameters<tf.layers.Layer['apply']>[0]
type LayerClass = new (options: never) => tf.layers.Layer

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const registry = createRegistry([quantizers])
const sign = registry.quantizer('ste-sign')
const image = (channels = 4): tf.SymbolicTensor => tf.input({ shape: [6, 6, channels] })

const common = {
  name: 'x',
  trainable: true,
  inputShape: undefined,
  batchInputShape: undefined,
  batchSize: undefined,
  dtype: 'float32',
  weights: undefined,
}
const weight = (name: string, initializer = 'zeros'): object => ({
  [`${name}Initializer`]: initializer,
  [`${name}Regularizer`]: 'l2',
  [`${name}Constraint`]: 'nonNeg',
})
const quantized = {
  ...common,
  inputQuantizer: sign,
  kernelQuantizer: steSign,
  latentClip: 1,
  useBias: true,
  activation: 'relu',
  ...weight('kernel', 'glorotNormal'),
  ...weight('bias'),
}
const window = { kernelSize: 3, strides: 1, padding: 'same', dataFormat: 'channelsLast' }

/** Creates a layer of the class and calls it. By then, wrong options must have been refused. */
function layer(Layer: LayerClass, good: object, inputs: () => Inputs = image): Trial {
  const call = (...given: never[]): unknown => new Layer(...(given as [never])).apply(inputs())
  return { good: [good], options: [0], call }
}

/** A model with few values, because the test computes everything that freezes. */
function small(): tf.LayersModel {
  const input = tf.input({ shape: [4], name: 'image' })
  const layer = new layers.QuantDense({ units: 2, name: 'dense', inputQuantizer: sign, kernelQuantizer: sign })
  return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor })
}
const model = small()
const context = (): { builder: GraphBuilder; name: string; inputs: string[] } => {
  const builder = new GraphBuilder()
  builder.input('x', [4])
  return { builder, name: 'n', inputs: ['x'] }
}
const frozen = { thresholds: [[0]], first: [-1], low: [-1], high: [1] }

const block = defineBlock({ name: 'none', convolutions: 1, apply: (inputs) => inputs })
const network = defineNetwork({
  name: 'flat',
  build: (_, { input: shape }) => {
    const input = tf.input({ name: 'image', shape: [...shape] })
    const output = tf.layers.conv2d({ name: 'stem', filters: 2, kernelSize: 1 }).apply(input) as tf.SymbolicTensor
    return { input, features: { stage1: output }, output }
  },
})
const head = defineHead({
  name: 'one',
  options: { units: { default: 1, min: 1, max: 100, integer: true } },
  apply: ({ output }, { units }) => {
    const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(output)
    return { one: tf.layers.dense({ name: 'one', units }).apply(pooled) as tf.SymbolicTensor }
  },
})
const task = defineTask<{ units: number }, number, number>({
  name: 'units',
  head,
  headOptions: () => ({ units: 2 }),
  targets: () => ({}),
  encode: () => ({}),
  warp: (annotation) => annotation,
  losses: [],
  defaultLosses: [],
  runtime: async () => ({}) as TaskRuntime<{ units: number }, number, number>,
})
/** The registry as `createRegistry` returns it, because its functions are not options. */
const full = Object.create(createRegistry([quantizers, block, network, head, task]))
const composed = {
  task,
  facts: { units: 2 },
  network: 'flat',
  block: 'none',
  activation: 'ste-sign',
  weight: 'ste-sign',
  head: { name: 'one', units: 3 },
  input: [6, 6, 1],
}

testPublicFunctions(
  layers,
  {
    BilinearResize: layer(layers.BilinearResize, { ...common, size: [3, 4] }),
    Blur: layer(layers.Blur, { ...common, strides: 2 }),
    ChannelMix: layer(layers.ChannelMix, common, () => [image(), image()]),
    ChannelPadding: layer(layers.ChannelPadding, { ...common, channels: 6 }),
    InputScale: layer(layers.InputScale, { ...common, kernelSize: 3, strides: 1, dilationRate: 1, padding: 'same' }, () => [
      image(),
      image(),
    ]),
    LeakyClip: layer(layers.LeakyClip, { ...common, slope: 0.1 }),
    LearnedScale: layer(layers.LearnedScale, {
      ...common,
      extent: 'channel',
      channelInitializer: 'ones',
      heightInitializer: 'ones',
      widthInitializer: 'ones',
    }),
    Maxout: layer(layers.Maxout, { ...common, positiveInitializer: 'ones', negativeInitializer: 'ones' }),
    QuantConv2D: layer(layers.QuantConv2D, {
      ...quantized,
      ...window,
      dilationRate: 1,
      paddingValue: 'zero',
      filters: 4,
      groups: 2,
    }),
    QuantConv2DTranspose: layer(layers.QuantConv2DTranspose, { ...quantized, ...window, filters: 4 }),
    QuantDense: layer(layers.QuantDense, { ...quantized, units: 3 }),
    QuantDepthwiseConv2D: layer(layers.QuantDepthwiseConv2D, {
      ...quantized,
      ...window,
      dilationRate: 1,
      paddingValue: 'zero',
      depthMultiplier: 1,
    }),
    QuantizerVariables: layer(layers.QuantizerVariables, {
      ...common,
      quantizer: createRegistry([quantizers]).quantizer(linearClassifier),
      target: 'weight',
    }),
    RPReLU: layer(layers.RPReLU, {
      ...common,
      initialSlope: 0.25,
      gammaInitializer: 'ones',
      betaInitializer: 'ones',
      zetaInitializer: 'ones',
    }),
    ScaledSum: layer(layers.ScaledSum, { ...common, scalesInitializer: 'ones' }, () => [image(), image()]),
    SoftGate: layer(layers.SoftGate, { ...common, thetaInitializer: 'ones' }, () => [image(), image()]),
    SymmetricMaxPool: layer(layers.SymmetricMaxPool, { ...common, poolSize: 3, strides: 2 }),
    composeModel: { good: [full, composed], options: [1] },
    emitThreshold: {
      good: [context(), 'x', frozen, 0],
      call: (_: never, ...given) => layers.emitThreshold(context(), ...(given as unknown as [never, never])),
    },
    freeze: { good: [model, { metadata: { labels: '["a"]' }, taps: { tap: model.inputs[0] } }], options: [1] },
    initializerOf: [{ uniform: [0, 1] }, 1],
    parametersOf: [model],
    quantize: [tf.tensor1d([1, -1]), sign, { target: 'activation', variables: {}, progress: 1, training: false, seed: 0 }],
    quantizedLayers: [model],
    registerLayers: [registry],
    explicitPadding: ['same', [8, 8], [3, 3], [1, 1], [1, 1]],
  },
  {
    untried: { QuantizedLayer: 'abstract: its subclasses are tried' },
  },
)
