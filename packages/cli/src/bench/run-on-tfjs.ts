/**
 * The float rival: the same graph on TensorFlow.js, op by op, with bits as float +-1. Same topology and weights, no bit tricks.
 */

import {
  type ActivationFunction,
  type AnyNode,
  type ConvolutionAttributes,
  type Graph,
  type GraphTensor,
  type Padding,
  unpackSigns,
} from '@onebit/core'
import type * as TensorFlow from '@tensorflow/tfjs'
import type { TensorLike } from '@tensorflow/tfjs'
import { UsageError } from '../errors.ts'

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

/** A graph tensor as TensorFlow.js takes it: outputs last, bits as +-1. */
function upload(tf: Tf, { dtype, shape, data }: GraphTensor): Tensor {
  if (dtype === 'float32') return tf.tensor(data, [...shape])
  const size = shape.reduce((product, length) => product * length, 1)
  const signs = tf.tensor(Float32Array.from(unpackSigns(data, size)), [...shape])
  if (shape.length === 1) return signs
  const outputsLast = tf.transpose(signs, [...shape.keys()].slice(1).concat(0))
  signs.dispose()
  return outputsLast
}

interface Step {
  readonly node: AnyNode
  readonly inputs: readonly Tensor[]
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
  const inputs: Tensor4D[] = tf.split(x, groups, 3)
  const kernels: Tensor4D[] = tf.split(kernel, groups, 3)
  return tf.concat(
    inputs.map((part, group) => tf.conv2d(part, kernels[group], stride, pad as 'valid', 'NHWC', dilation)),
    3,
  )
}

function dense(tf: Tf, input: Tensor, weights: Tensor): Tensor {
  const [features, outputs] = weights.shape
  const rows = tf.reshape(input, [-1, features])
  return tf.reshape(tf.matMul(rows, weights as TensorFlow.Tensor2D), [...input.shape.slice(0, -1), outputs])
}

/** The sign flips at each threshold passed: first times the product of 1 - 2 [x >= t]. */
function threshold(tf: Tf, input: Tensor, thresholds: Tensor, first: Tensor): Tensor {
  return tf.split(thresholds, thresholds.shape[1]!, 1).reduce<Tensor>((signs, list) => {
    const passed = tf.cast(tf.greaterEqual(input, tf.reshape(list, [-1])), 'float32')
    return tf.mul(signs, tf.sub(1, tf.mul(2, passed)))
  }, first)
}

function addBias(tf: Tf, value: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? tf.add(value, bias) : value
}

/** Shapes of the graph leave the batch out and meet at their ends: here axes of 1 follow the batch of the one that has fewer. */
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

function runNode(tf: Tf, { node, inputs, tensor }: Step): Tensor {
  const [input, second] = inputs
  switch (node.op) {
    case 'conv2d':
      return addBias(tf, convolution(tf, input, tensor('weights')!, node.attributes, 0), tensor('bias'))
    case 'binaryConv2d':
      return convolution(tf, input, tensor('weights')!, node.attributes, PADDING_VALUES[node.attributes.paddingValue])
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
    case 'concat':
      return tf.concat([...inputs], node.attributes.axis + 1)
    default:
      throw notThere(node.name, node.op)
  }
}

function notThere(node: string, op: string): UsageError {
  return new UsageError({
    what: `The comparison with TensorFlow.js does not know the op of node '${node}' (${op}).`,
    fix: 'Leave --against out.',
  })
}

/**
 * The graph on TensorFlow.js' current backend, its weights uploaded once.
 * @throws UsageError, at the first run, on an op that classifiers do not use.
 */
export function compileForTfjs(tf: Tf, graph: Graph): TfjsGraph {
  const tensors = new Map([...graph.tensors].map(([name, tensor]) => [name, upload(tf, tensor)]))
  const compute = (inputs: Readonly<Record<string, Float32Array>>): Tensor[] => {
    const values = new Map<string, Tensor>()
    for (const { name, shape } of graph.inputs)
      values.set(
        name,
        tf.tensor(
          inputs[name] as TensorLike,
          [-1, ...shape].map((size) => (size === -1 ? inputs[name].length / shape.reduce((a, b) => a * b, 1) : size)),
        ),
      )
    for (const node of graph.nodes) {
      const step: Step = {
        node,
        inputs: node.inputs.map((name) => values.get(name)!),
        tensor: (role) => tensors.get(node.tensors[role] ?? ''),
      }
      values.set(node.name, runNode(tf, step))
    }
    return graph.outputs.map(({ value }) => values.get(value)!)
  }
  return {
    async run(inputs) {
      const outputs = tf.tidy(() => compute(inputs))
      const results = graph.outputs.map(({ name }, index) => [name, outputs[index].dataSync() as Float32Array] as const)
      tf.dispose(outputs)
      return Object.fromEntries(results)
    },
    dispose: () => tf.dispose([...tensors.values()]),
  }
}
