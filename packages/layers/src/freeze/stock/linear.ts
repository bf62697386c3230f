/** Convolutions and dense layers. */
import type { Pair } from '@onebit/core'
import { floatTensor, tensorOf } from '../float-tensor.ts'
import { outputsBeforeInputs } from '../kernel-tensors.ts'
import { transposedGeometry } from '../transposed-geometry.ts'
import { activated } from './activations.ts'
import { biasOf, channelsLast, refuse, type StockContext, type StockLayer, windowOf } from './stock-layer.ts'

const training = (kernel: string): string[] => [
  ...['Initializer', 'Regularizer', 'Constraint'].flatMap((kind) => [`${kernel}${kind}`, `bias${kind}`]),
  'activityRegularizer',
]

const convolution: StockLayer = {
  options: ['filters', 'kernelSize', 'strides', 'padding', 'dataFormat', 'dilationRate', 'activation', 'useBias'],
  training: training('kernel'),
  emit: (context) => {
    const { layer, config, builder, inputs } = context
    channelsLast(context)
    const dilations = config.dilationRate as Pair
    const attributes = { ...windowOf(context, config.kernelSize as Pair, dilations), dilations, groups: 1 }
    const tensors = { weights: tensorOf(layer.getWeights()[0]), ...biasOf(layer) }
    return activated(context, (name) => builder.node('conv2d', { name, inputs, attributes, tensors }))
  },
}

/**
 * A flattened kernel `[height, width, in, multiplier]` is the kernel of a convolution with one group per input channel. The layer
 * has a `dilationRate`, but TensorFlow.js ignores it.
 */
const depthwise: StockLayer = {
  options: ['kernelSize', 'depthMultiplier', 'strides', 'padding', 'dataFormat', 'dilationRate', 'activation', 'useBias'],
  training: training('depthwise'),
  emit: (context) => {
    const { layer, builder, inputs } = context
    channelsLast(context)
    const [kernel] = layer.getWeights()
    const [height, width, channels, multiplier] = kernel.shape
    const attributes = { ...windowOf(context, [height, width]), groups: channels }
    const weights = floatTensor(kernel.dataSync(), [height, width, 1, channels * multiplier])
    const tensors = { weights, ...biasOf(layer) }
    return activated(context, (name) => builder.node('conv2d', { name, inputs, attributes, tensors }))
  },
}

/** TensorFlow.js stores `[height, width, out, in]` and the graph `[height, width, in, out]`. The layer has no dilation. */
const transposed: StockLayer = {
  options: ['filters', 'kernelSize', 'strides', 'padding', 'dataFormat', 'activation', 'useBias'],
  training: training('kernel'),
  emit: (context) => {
    const { layer, config, builder, inputs } = context
    channelsLast(context)
    const [kernel] = layer.getWeights()
    const [height, width] = builder.type(inputs[0]).shape
    const mode = config.padding === 'same' ? 'same' : 'valid'
    const attributes = transposedGeometry(mode, [height, width], config.kernelSize as Pair, config.strides as Pair)
    const tensors = { weights: outputsBeforeInputs(tensorOf(kernel)), ...biasOf(layer) }
    return activated(context, (name) => builder.node('conv2dTranspose', { name, inputs, attributes, tensors }))
  },
}

const dense: StockLayer = {
  options: ['units', 'activation', 'useBias'],
  training: training('kernel'),
  emit: (context) => {
    const { layer, builder, inputs } = context
    const tensors = { weights: tensorOf(layer.getWeights()[0]), ...biasOf(layer) }
    return activated(context, (name) => builder.node('dense', { name, inputs, tensors }))
  },
}

function refuseCausal(stock: StockLayer): StockLayer {
  const emit = (context: StockContext): string => {
    if (context.config.padding === 'causal') refuse(context.layer, "TensorFlow.js has no 'causal' padding of images.")
    return stock.emit(context)
  }
  return { ...stock, emit }
}

export const linearLayers: Readonly<Record<string, StockLayer>> = {
  Conv2D: refuseCausal(convolution),
  DepthwiseConv2D: depthwise,
  Conv2DTranspose: transposed,
  Dense: dense,
}
