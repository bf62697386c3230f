/**
 * The float rival: the same graph on TensorFlow.js, op by op, with bits as float +-1. Same topology and weights, no bit tricks.
 */

import {
  type ActivationFunction,
  type AnyNode,
  type ConvolutionAttributes,
  checkArgument,
  type Graph,
  type GraphTensor,
  inferTypes,
  nearestPositions,
  type OpAttributes,
  type Padding,
  rules,
  type TransposedConvolutionAttributes,
  unpackSigns,
} from '@onebit/core'
import type * as TensorFlow from '@tensorflow/tfjs'
import type { TensorLike } from '@tensorflow/tfjs'

type Tf = typeof TensorFlow
type Tensor = TensorFlow.Tensor
type Tensor4D = TensorFlow.Tensor4D
type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]]

export interface TfjsGraph {
  /** @param inputs Flat, batch first. */
  run(inputs: Readonly<Record<string, Float32Array>>): Promise<Record<string, Float32Array>>
  dispose(): void
}

const explicit = ([top, bottom, left, right]: Padding): ExplicitPadding => [
  [0, 0],
  [top, bottom],
  [left, right],
  [0, 0],
]

/** Uploads a graph tensor in TensorFlow.js' layout: outputs last, bits as +-1. */
function upload(tf: Tf, { dtype, shape, data }: GraphTensor): Tensor {
  if (dtype === 'float32') return tf.tensor(data, [...shape])
  const size = shape.reduce((product, length) => product * length, 1)
  const signs = tf.tensor(Float32Array.from(unpackSigns(data, size)), [...shape])
  if (shape.length === 1) return signs
  const outputsLast = tf.transpose(signs, [...shape.keys()].slice(1).concat(0))
  signs.dispose()
  return outputsLast
}

/** Uploads a kernel of a transposed convolution, which has its inputs last in TensorFlow.js. */
function uploadTransposed(tf: Tf, tensor: GraphTensor): Tensor {
  const kernel = upload(tf, tensor)
  const inputsLast = tf.transpose(kernel, [0, 1, 3, 2])
  kernel.dispose()
  return inputsLast
}

interface Step {
  readonly node: AnyNode
  readonly inputs: readonly Tensor[]
  /** Number of samples in the graph's inputs. Values that depend only on constants have one sample. */
  readonly batch: number
  /** The node's tensor of a role. */
  tensor(role: string): Tensor | undefined
}

function convolution(tf: Tf, input: Tensor, weights: Tensor, attributes: ConvolutionAttributes, outside: number): Tensor {
  const { strides, dilations, padding, groups } = attributes
  const x = outside === 0 ? (input as Tensor4D) : (tf.pad(input, explicit(padding), outside) as Tensor4D)
  const pad = outside === 0 ? explicit(padding) : 'valid'
  const kernel = weights as Tensor4D
  const [stride, dilation] = [[...strides] as [number, number], [...dilations] as [number, number]]
  if (groups === 1) return tf.conv2d(x, kernel, stride, pad as 'valid', 'NHWC', dilation)
  const [height, width, channels, outputs] = kernel.shape
  if (channels === 1 && outputs === groups) {
    const depthwise = tf.reshape(kernel, [height, width, groups, 1]) as Tensor4D
    return tf.depthwiseConv2d(x, depthwise, stride, pad as 'valid', 'NHWC', dilation)
  }
  const inputs: Tensor4D[] = tf.split(x, groups, 3)
  const kernels: Tensor4D[] = tf.split(kernel, groups, 3)
  return tf.concat(
    inputs.map((part, group) => tf.conv2d(part, kernels[group], stride, pad as 'valid', 'NHWC', dilation)),
    3,
  )
}

/**
 * Puts zeros between the taps of a kernel `[height, width, out, in]`, because TensorFlow.js' transposed convolution has no
 * dilation.
 */
function dilated(tf: Tf, kernel: Tensor, [rows, columns]: readonly [number, number]): Tensor {
  if (rows === 1 && columns === 1) return kernel
  const [height, width, outputs, inputs] = kernel.shape
  const apart = tf.pad(tf.reshape(kernel, [height, 1, width, 1, outputs * inputs]), [
    [0, 0],
    [0, rows - 1],
    [0, 0],
    [0, columns - 1],
    [0, 0],
  ])
  const spread = tf.reshape(apart, [height * rows, width * columns, outputs, inputs])
  return tf.slice(spread, [0, 0, 0, 0], [(height - 1) * rows + 1, (width - 1) * columns + 1, outputs, inputs])
}

/** The whole output: first extended if output padding reaches beyond the last tap, then cropped. */
function transposed(tf: Tf, input: Tensor, weights: Tensor, attributes: TransposedConvolutionAttributes): Tensor {
  const { strides, padding, outputPadding } = attributes
  const kernel = dilated(tf, weights, attributes.dilations) as Tensor4D
  const [batch, height, width] = input.shape
  const [kernelHeight, kernelWidth, outputs] = kernel.shape
  const [rows, columns] = [(height - 1) * strides[0] + kernelHeight, (width - 1) * strides[1] + kernelWidth]
  const stride = [...strides] as [number, number]
  const whole = tf.conv2dTranspose(input as Tensor4D, kernel, [batch, rows, columns, outputs], stride, 'valid')
  const grown = outputPadding.some((size) => size > 0)
    ? tf.pad(whole, explicit([0, outputPadding[0], 0, outputPadding[1]]))
    : whole
  if (padding.every((size) => size === 0)) return grown
  const [top, bottom, left, right] = padding
  const [lastRow, lastColumn] = [rows + outputPadding[0] - bottom, columns + outputPadding[1] - right]
  return tf.slice(grown, [0, top, left, 0], [batch, lastRow - top, lastColumn - left, outputs])
}

/** Nearest resizing gathers rows, then columns, by index, because TensorFlow.js' backends round positions differently. */
function resize(tf: Tf, input: Tensor, attributes: OpAttributes['resize']): Tensor {
  const { size, method, alignCorners, halfPixelCenters } = attributes
  if (method === 'bilinear') return tf.image.resizeBilinear(input as Tensor4D, [...size], alignCorners, halfPixelCenters)
  const [, height, width] = input.shape
  const positions = (from: number, to: number): Tensor => tf.tensor1d(nearestPositions(from, to, attributes), 'int32')
  const byRows = tf.gather(input, positions(height, size[0]) as TensorFlow.Tensor1D, 1)
  return tf.gather(byRows, positions(width, size[1]) as TensorFlow.Tensor1D, 2)
}

/** Repeats a value of one sample for every sample of the batch. */
function batched(tf: Tf, value: Tensor, batch: number): Tensor {
  return value.shape[0] === batch ? value : tf.tile(value, [batch, ...Array(value.rank - 1).fill(1)])
}

function dense(tf: Tf, input: Tensor, weights: Tensor): Tensor {
  const [features, outputs] = weights.shape
  const rows = tf.reshape(input, [-1, features])
  return tf.reshape(tf.matMul(rows, weights as TensorFlow.Tensor2D), [...input.shape.slice(0, -1), outputs])
}

/** Computes the sign, which flips at each threshold passed: first times the product of 1 - 2 [x >= t]. */
function threshold(tf: Tf, input: Tensor, thresholds: Tensor, first: Tensor): Tensor {
  return tf.split(thresholds, thresholds.shape[1]!, 1).reduce<Tensor>((signs, list) => {
    const passed = tf.cast(tf.greaterEqual(input, tf.reshape(list, [-1])), 'float32')
    return tf.mul(signs, tf.sub(1, tf.mul(2, passed)))
  }, first)
}

function addBias(tf: Tf, value: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? tf.add(value, bias) : value
}

/**
 * Broadcasting in the graph aligns shapes at their ends, without the batch. Here the value with fewer axes gets axes of 1 after
 * the batch.
 */
function sameRank(tf: Tf, a: Tensor, b: Tensor): [Tensor, Tensor] {
  const rank = Math.max(a.rank, b.rank)
  const widened = (value: Tensor): Tensor => {
    const [batch, ...rest] = value.shape
    return value.rank === rank ? value : tf.reshape(value, [batch, ...Array(rank - value.rank).fill(1), ...rest])
  }
  return [widened(a), widened(b)]
}

const PADDING_VALUES = { zero: 0, one: 1, 'minus-one': -1 } as const

const ACTIVATIONS: Readonly<Record<ActivationFunction, (tf: Tf, x: Tensor) => Tensor>> = {
  relu: (tf, x) => tf.relu(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  tanh: (tf, x) => tf.tanh(x),
  exp: (tf, x) => tf.exp(x),
  softplus: (tf, x) => tf.softplus(x),
  softsign: (tf, x) => tf.div(x, tf.add(1, tf.abs(x))),
  swish: (tf, x) => tf.mul(x, tf.sigmoid(x)),
  'hard-sigmoid': (tf, x) => tf.clipByValue(tf.add(tf.mul(0.2, x), 0.5), 0, 1),
  'hard-swish': (tf, x) => tf.mul(x, tf.div(tf.clipByValue(tf.add(x, 3), 0, 6), 6)),
  absolute: (tf, x) => tf.abs(x),
}

function runNode(tf: Tf, { node, inputs, batch, tensor }: Step): Tensor {
  const [input, second] = inputs
  switch (node.op) {
    case 'conv2d':
      return addBias(tf, convolution(tf, input, tensor('weights')!, node.attributes, 0), tensor('bias'))
    case 'binaryConv2d':
      return convolution(tf, input, tensor('weights')!, node.attributes, PADDING_VALUES[node.attributes.paddingValue])
    case 'conv2dTranspose':
      return addBias(tf, transposed(tf, input, tensor('weights')!, node.attributes), tensor('bias'))
    case 'binaryConv2dTranspose':
      return transposed(tf, input, tensor('weights')!, node.attributes)
    case 'dense':
      return addBias(tf, dense(tf, input, tensor('weights')!), tensor('bias'))
    case 'binaryDense':
      return dense(tf, input, tensor('weights')!)
    case 'threshold':
      return threshold(tf, input, tensor('thresholds')!, tensor('first')!)
    case 'toFloat':
      return tf.clone(input)
    case 'affine':
      return tf.add(tf.mul(input, tensor('scale')!), tensor('shift')!)
    case 'prelu':
      return tf.prelu(input, tensor('slope')!)
    case 'activation':
      return ACTIVATIONS[node.attributes.function](tf, input)
    case 'clip':
      return tf.clipByValue(input, node.attributes.minimum, node.attributes.maximum)
    case 'add':
      return tf.add(...sameRank(tf, input, second))
    case 'multiply':
      return tf.mul(...sameRank(tf, input, second))
    case 'softmax':
      return tf.softmax(input)
    case 'constant':
      return tf.expandDims(tensor('value')!, 0)
    case 'resize':
      return resize(tf, input, node.attributes)
    case 'maxPool': {
      const { size, strides, padding } = node.attributes
      return tf.maxPool(input as Tensor4D, [...size], [...strides], explicit(padding) as never)
    }
    case 'averagePool': {
      const { size, strides, padding, countPadding } = node.attributes
      if (!countPadding) return tf.avgPool(input as Tensor4D, [...size], [...strides], explicit(padding) as never)
      return tf.avgPool(tf.pad(input, explicit(padding)) as Tensor4D, [...size], [...strides], 'valid')
    }
    case 'mean':
      return tf.mean(
        input,
        node.attributes.axes.map((axis) => axis + 1),
        node.attributes.keepDimensions,
      )
    case 'pad':
      return tf.pad(input, explicit(node.attributes.padding), node.attributes.value)
    case 'reshape':
      return tf.reshape(input, [input.shape[0], ...node.attributes.shape])
    case 'concat': {
      const parts = inputs.map((value) => batched(tf, value, batch))
      return tf.concat(parts, node.attributes.axis + 1)
    }
    case 'slice': {
      const { begin, size } = node.attributes
      return tf.slice(input, [0, ...begin], [input.shape[0], ...size])
    }
  }
}

/** Compiles the graph for TensorFlow.js' current backend, and uploads its weights once. */
export function compileForTfjs(tf: Tf, graph: Graph): TfjsGraph {
  checkArgument(
    'compileForTfjs()',
    'tf',
    tf,
    rules.object({ tensor: rules.callback, tidy: rules.callback, getBackend: rules.callback }),
  )
  // Refuses a value that is not a graph.
  inferTypes(graph)
  const transposedKernels = new Set(
    graph.nodes
      .filter(({ op }) => op === 'conv2dTranspose' || op === 'binaryConv2dTranspose')
      .map(({ tensors: { weights } }) => weights),
  )
  const tensors = new Map(
    [...graph.tensors].map(([name, tensor]) => [
      name,
      transposedKernels.has(name) ? uploadTransposed(tf, tensor) : upload(tf, tensor),
    ]),
  )
  const compute = (inputs: Readonly<Record<string, Float32Array>>): Tensor[] => {
    const values = new Map<string, Tensor>()
    let batch = 1
    for (const { name, shape } of graph.inputs) {
      batch = inputs[name].length / shape.reduce((count, size) => count * size, 1)
      values.set(name, tf.tensor(inputs[name] as TensorLike, [batch, ...shape]))
    }
    for (const node of graph.nodes) {
      const step: Step = {
        node,
        inputs: node.inputs.map((name) => values.get(name)!),
        batch,
        tensor: (role) => tensors.get(node.tensors[role] ?? ''),
      }
      values.set(node.name, runNode(tf, step))
    }
    return graph.outputs.map(({ value }) => batched(tf, values.get(value)!, batch))
  }
  return {
    async run(inputs) {
      const outputs = tf.tidy(() => compute(inputs))
      // WebGPU gives data only to those who wait.
      const results = await Promise.all(outputs.map((output) => output.data() as Promise<Float32Array>))
      tf.dispose(outputs)
      return Object.fromEntries(graph.outputs.map(({ name }, index) => [name, results[index]]))
    },
    dispose: () => tf.dispose([...tensors.values()]),
  }
}
