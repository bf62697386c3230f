/** TensorFlow.js' own layers as graph nodes, by class name, read through their public configuration and weights. */
import { type ActivationFunction, FreezeError, type GraphTensor, type Padding, type Pair } from '@onebit/core'
import type { layers } from '@tensorflow/tfjs-layers'
import { explicitPadding, type PaddingMode } from '../same-padding.ts'
import { floatTensor, tensorOf } from './float-tensor.ts'
import type { ToGraphContext } from './to-graph.ts'

type Converter = (layer: layers.Layer, context: ToGraphContext) => string
type Config = Record<string, unknown>

function refuse(layer: layers.Layer, what: string, fix?: string): never {
  throw new FreezeError({ what: `Layer '${layer.name}' (${layer.getClassName()}) cannot be frozen: ${what}`, fix })
}

function channelsLast(layer: layers.Layer, config: Config): void {
  if (config.dataFormat === 'channelsFirst')
    refuse(layer, 'it is channels-first.', "Build the model with dataFormat 'channelsLast'.")
}

/** Geometry of a window over an image, as the graph states it. */
function windowOf(
  config: Config,
  { builder, inputs }: ToGraphContext,
  size: Pair,
): { strides: Pair; dilations: Pair; padding: Padding } {
  const [height, width] = builder.type(inputs[0]).shape
  const strides = (config.strides ?? [1, 1]) as Pair
  const dilations = (config.dilationRate ?? [1, 1]) as Pair
  return {
    strides,
    dilations,
    padding: explicitPadding(config.padding as PaddingMode, [height, width], size, strides, dilations),
  }
}

const activations: Record<string, ActivationFunction> = {
  relu: 'relu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  softplus: 'softplus',
  softsign: 'softsign',
  hard_sigmoid: 'hard-sigmoid',
  swish: 'swish',
}

function emitActivation(layer: layers.Layer, { builder, name }: ToGraphContext, input: string, config: unknown): string {
  // Activations serialize to a class name or to { className }, in camel or snake case.
  const raw =
    typeof config === 'object' && config !== null ? (config as { className: string }).className : (config as string | undefined)
  const key = (raw ?? 'linear').replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase()
  if (key === 'linear') return input
  if (key === 'softmax') return builder.node('softmax', { name, inputs: [input] })
  if (key === 'relu6') return builder.node('clip', { name, inputs: [input], attributes: { minimum: 0, maximum: 6 } })
  const known = activations[key]
  if (!known)
    return refuse(
      layer,
      `the activation '${raw}' has no op.`,
      `Use one of linear, softmax, relu6, ${Object.keys(activations).join(', ')}.`,
    )
  return builder.node('activation', { name, inputs: [input], attributes: { function: known } })
}

/** `weights` and, where the layer has one, `bias`. */
function weightsOf(layer: layers.Layer): Record<string, GraphTensor> {
  const [weights, bias] = layer.getWeights()
  return bias ? { weights: tensorOf(weights), bias: tensorOf(bias) } : { weights: tensorOf(weights) }
}

function activated(layer: layers.Layer, context: ToGraphContext, config: Config, emit: (name: string) => string): string {
  const plain = config.activation === undefined || config.activation === null || config.activation === 'linear'
  return plain ? emit(context.name) : emitActivation(layer, context, emit(`${context.name}.linear`), config.activation)
}

const convolution: Converter = (layer, context) => {
  const config = layer.getConfig() as Config
  channelsLast(layer, config)
  const geometry = windowOf(config, context, config.kernelSize as Pair)
  return activated(layer, context, config, (name) =>
    context.builder.node('conv2d', {
      name,
      inputs: context.inputs,
      attributes: { ...geometry, groups: 1 },
      tensors: weightsOf(layer),
    }),
  )
}

/** `[height, width, in, multiplier]` is, flattened, the kernel of a convolution with one group per input channel. */
const depthwise: Converter = (layer, context) => {
  const config = layer.getConfig() as Config
  channelsLast(layer, config)
  const { weights, ...rest } = weightsOf(layer)
  const [height, width, channels, multiplier] = weights.shape
  const geometry = windowOf(config, context, [height, width])
  const kernel = floatTensor(weights.data as Float32Array, [height, width, 1, channels * multiplier])
  return activated(layer, context, config, (name) =>
    context.builder.node('conv2d', {
      name,
      inputs: context.inputs,
      attributes: { ...geometry, groups: channels },
      tensors: { weights: kernel, ...rest },
    }),
  )
}

/** TensorFlow.js keeps `[height, width, out, in]`; the graph takes `[height, width, in, out]`. */
const transposed: Converter = (layer, context) => {
  const config = layer.getConfig() as Config
  channelsLast(layer, config)
  const [kernel, bias] = layer.getWeights()
  const [height, width, outputs, channels] = kernel.shape
  const [inputHeight, inputWidth] = context.builder.type(context.inputs[0]).shape
  const strides = (config.strides ?? [1, 1]) as Pair
  const source = kernel.dataSync()
  const weights = new Float32Array(source.length)
  for (let tap = 0; tap < height * width; tap++) {
    for (let output = 0; output < outputs; output++) {
      for (let channel = 0; channel < channels; channel++) {
        weights[(tap * channels + channel) * outputs + output] = source[(tap * outputs + output) * channels + channel]
      }
    }
  }
  // `same`: the output is input * stride, and the forward convolution of that output would be padded like this.
  const mode = config.padding as PaddingMode
  const full: Pair = mode === 'same' ? [inputHeight * strides[0], inputWidth * strides[1]] : [0, 0]
  const padding = explicitPadding(mode, full, [height, width], strides)
  const outputPadding: Pair = mode === 'valid' ? [0, 0] : [Math.max(strides[0] - height, 0), Math.max(strides[1] - width, 0)]
  return activated(layer, context, config, (name) =>
    context.builder.node('conv2dTranspose', {
      name,
      inputs: context.inputs,
      attributes: { strides, padding, outputPadding },
      tensors: { weights: floatTensor(weights, [height, width, channels, outputs]), ...(bias ? { bias: tensorOf(bias) } : {}) },
    }),
  )
}

const denseLayer: Converter = (layer, context) =>
  activated(layer, context, layer.getConfig() as Config, (name) =>
    context.builder.node('dense', { name, inputs: context.inputs, tensors: weightsOf(layer) }),
  )

/** (x - mean) / sqrt(variance + epsilon) * gamma + beta, folded to one affine in float64. */
const batchNormalization: Converter = (layer, { builder, name, inputs }) => {
  const config = layer.getConfig() as Config & { epsilon: number; center: boolean; scale: boolean; axis: number }
  const rank = builder.type(inputs[0]).shape.length
  if (config.axis !== -1 && config.axis !== rank) refuse(layer, `it normalizes axis ${config.axis}.`, 'Normalize the last axis.')
  const weights = layer.getWeights().map((tensor) => tensor.dataSync())
  const gamma = config.scale ? weights.shift() : undefined
  const beta = config.center ? weights.shift() : undefined
  const [mean, variance] = weights
  const scale = Array.from(variance, (v, channel) => (gamma?.[channel] ?? 1) / Math.sqrt(v + config.epsilon))
  const shift = scale.map((factor, channel) => (beta?.[channel] ?? 0) - mean[channel] * factor)
  return builder.node('affine', { name, inputs, tensors: { scale: floatTensor(scale), shift: floatTensor(shift) } })
}

const pool =
  (op: 'maxPool' | 'averagePool'): Converter =>
  (layer, context) => {
    const config = layer.getConfig() as Config
    channelsLast(layer, config)
    const size = config.poolSize as Pair
    const { strides, padding } = windowOf({ ...config, strides: config.strides ?? size }, context, size)
    return context.builder.node(op, { name: context.name, inputs: context.inputs, attributes: { size, strides, padding } })
  }

const prelu: Converter = (layer, { builder, name, inputs }) => {
  const [alpha] = layer.getWeights()
  const shared = alpha.shape.slice(0, -1).every((size) => size === 1)
  if (!shared) refuse(layer, 'its slopes differ over space.', 'Build it with sharedAxes [1, 2].')
  return builder.node('prelu', { name, inputs, tensors: { slope: floatTensor(alpha.dataSync()) } })
}

const identity: Converter = (_, { inputs }) => inputs[0]

/** Folds a list of inputs by a two-input op. */
function fold(op: 'add' | 'multiply', { builder, name, inputs }: ToGraphContext): string {
  return inputs.reduce((sum, input, index) => {
    const nodeName = index === inputs.length - 1 ? name : `${name}.${index}`
    return builder.node(op, { name: nodeName, inputs: [sum, input] })
  })
}

const reshapeTo =
  (shapeOf: (layer: layers.Layer, from: readonly number[]) => readonly number[]): Converter =>
  (layer, { builder, name, inputs }) =>
    builder.node('reshape', { name, inputs, attributes: { shape: shapeOf(layer, builder.type(inputs[0]).shape) } })

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1)

const stockLayers: Readonly<Record<string, Converter>> = {
  Conv2D: convolution,
  DepthwiseConv2D: depthwise,
  Conv2DTranspose: transposed,
  Dense: denseLayer,
  BatchNormalization: batchNormalization,
  MaxPooling2D: pool('maxPool'),
  AveragePooling2D: pool('averagePool'),
  PReLU: prelu,
  Dropout: identity,
  SpatialDropout1D: identity,
  GaussianNoise: identity,
  GaussianDropout: identity,
  AlphaDropout: identity,
  Activation: (layer, context) => emitActivation(layer, context, context.inputs[0], (layer.getConfig() as Config).activation),
  Softmax: (layer, { builder, name, inputs }) => {
    const { axis } = layer.getConfig() as { axis?: number }
    const rank = builder.type(inputs[0]).shape.length
    if (axis !== undefined && axis !== -1 && axis !== rank)
      refuse(layer, `it normalizes axis ${axis}.`, 'Normalize the last axis.')
    return builder.node('softmax', { name, inputs })
  },
  ReLU: (layer, { builder, name, inputs }) => {
    const { maxValue } = layer.getConfig() as Config
    if (typeof maxValue === 'number') return builder.node('clip', { name, inputs, attributes: { minimum: 0, maximum: maxValue } })
    return builder.node('activation', { name, inputs, attributes: { function: 'relu' } })
  },
  LeakyReLU: (layer, { builder, name, inputs }) =>
    builder.node('prelu', { name, inputs, tensors: { slope: floatTensor([(layer.getConfig() as { alpha: number }).alpha]) } }),
  GlobalAveragePooling2D: (_, { builder, name, inputs }) => builder.node('mean', { name, inputs, attributes: { axes: [0, 1] } }),
  Flatten: reshapeTo((_, from) => [count(from)]),
  Reshape: reshapeTo((layer, from) => {
    const target = (layer.getConfig() as { targetShape: number[] }).targetShape
    const known = target.filter((size) => size > 0)
    return target.map((size) => (size > 0 ? size : count(from) / count(known)))
  }),
  Add: (_, context) => fold('add', context),
  Multiply: (_, context) => fold('multiply', context),
  Average: (_, context) => {
    const sum = fold('add', { ...context, name: `${context.name}.sum` })
    const tensors = { scale: floatTensor([1 / context.inputs.length]), shift: floatTensor([0]) }
    return context.builder.node('affine', { name: context.name, inputs: [sum], tensors })
  },
  Concatenate: (layer, { builder, name, inputs }) => {
    const rank = builder.type(inputs[0]).shape.length
    const { axis } = layer.getConfig() as { axis: number }
    return builder.node('concat', { name, inputs, attributes: { axis: axis < 0 ? rank + axis : axis - 1 } })
  },
  UpSampling2D: (layer, { builder, name, inputs }) => {
    const config = layer.getConfig() as Config & { size: Pair; interpolation: 'nearest' | 'bilinear' }
    channelsLast(layer, config)
    const [height, width] = builder.type(inputs[0]).shape
    return builder.node('resize', {
      name,
      inputs,
      attributes: { size: [height * config.size[0], width * config.size[1]], method: config.interpolation },
    })
  },
  ZeroPadding2D: (layer, { builder, name, inputs }) => {
    const config = layer.getConfig() as Config & { padding: readonly [Pair, Pair] }
    channelsLast(layer, config)
    const [[top, bottom], [left, right]] = config.padding
    return builder.node('pad', { name, inputs, attributes: { padding: [top, bottom, left, right] } })
  },
}

/** The converter of a stock layer's class. */
export function stockConverter(layer: layers.Layer): Converter {
  const converter = stockLayers[layer.getClassName()]
  if (!converter) refuse(layer, 'its class has no converter.', 'Give the layer a toGraph(context) method that appends its nodes.')
  return converter
}
