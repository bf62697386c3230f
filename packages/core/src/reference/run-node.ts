/** Runs one node on the reference backend: the plain-loop meaning of every op. */
import { GraphError } from '../errors.ts'
import { type AnyNode, elementCount, type GraphTensor, type ValueType } from '../graph/graph.ts'
import { addBias, convolve, convolveTransposed, type Kernel, outputsLast } from './convolution.ts'
import * as pointwise from './pointwise.ts'
import * as spatial from './spatial.ts'
import { allocate, plainTensor, type ReferenceValue } from './values.ts'

/** Inputs and tensors of a node for a run. */
export interface NodeContext {
  /** Inputs in the node's order. */
  readonly inputs: readonly ReferenceValue[]
  /** The node's tensor of a role, if it has one. */
  tensor(role: string): GraphTensor | undefined
  /** Type of the node's output, without the batch. */
  readonly type: ValueType
  readonly batch: number
}

function requireTensor(node: AnyNode, { tensor }: NodeContext, role: string): GraphTensor {
  const found = tensor(role)
  if (!found) throw new GraphError({ node: node.name, what: `Node '${node.name}' (${node.op}) lacks its tensor '${role}'.` })
  return found
}

/**
 * Weights of a convolution or of a dense layer (as a 1x1 convolution), outputs last.
 * Bits that multiply real values become floats, so that input and weights have one type.
 */
function kernelOf(tensor: GraphTensor, input: ReferenceValue): Kernel {
  const shape = tensor.shape.length === 2 ? withUnitWindow(tensor) : tensor.shape
  const plain = plainTensor(tensor)
  if (tensor.dtype === 'bit') {
    const [outputs, height, width, channels] = shape
    const weights = outputsLast(plain, outputs)
    return { weights: input.dtype === 'bit' ? weights : Float32Array.from(weights), outputs, height, width, channels }
  }
  const [height, width, channels, outputs] = shape
  return { weights: plain, outputs, height, width, channels }
}

function withUnitWindow({ dtype, shape: [a, b] }: GraphTensor): readonly number[] {
  return dtype === 'bit' ? [a, 1, 1, b] : [1, 1, a, b]
}

/**
 * The value of a node, for a whole batch. A backend calls this for an op without a kernel.
 * @throws GraphError if the node lacks a tensor.
 */
export function runNode(node: AnyNode, context: NodeContext): ReferenceValue {
  const { inputs, type, batch } = context
  const [input, second] = inputs
  const output: ReferenceValue = { ...type, data: allocate(type.dtype, batch * elementCount(type.shape)) }
  const plain = (role: string): ReturnType<typeof plainTensor> => plainTensor(requireTensor(node, context, role))
  const kernel = (): Kernel => kernelOf(requireTensor(node, context, 'weights'), input)
  const bias = (): void => {
    const tensor = context.tensor('bias')
    if (tensor) addBias(output, plainTensor(tensor))
  }

  switch (node.op) {
    case 'conv2d':
      convolve(input, kernel(), node.attributes, 'zero', output, batch)
      bias()
      break
    case 'binaryConv2d':
      convolve(input, kernel(), node.attributes, node.attributes.paddingValue, output, batch)
      break
    case 'conv2dTranspose':
      convolveTransposed(input, kernel(), node.attributes, output, batch)
      bias()
      break
    case 'binaryConv2dTranspose':
      convolveTransposed(input, kernel(), node.attributes, output, batch)
      break
    case 'dense':
    case 'binaryDense': {
      const rows = batch * elementCount(input.shape.slice(0, -1))
      const asImage = (value: ReferenceValue): ReferenceValue => ({ ...value, shape: [1, 1, value.shape.at(-1)!] })
      convolve(
        asImage(input),
        kernel(),
        { strides: [1, 1], dilations: [1, 1], padding: [0, 0, 0, 0], groups: 1 },
        'zero',
        asImage(output),
        rows,
      )
      bias()
      break
    }
    case 'threshold': {
      const thresholds = requireTensor(node, context, 'thresholds')
      pointwise.threshold(input, plainTensor(thresholds), thresholds.shape[1], plain('first'), output)
      break
    }
    case 'toFloat':
      output.data.set(input.data)
      break
    case 'affine': {
      const scale = pointwise.perChannel(plain('scale'))
      const shift = pointwise.perChannel(plain('shift'))
      pointwise.map(input, output, (x, channel) => Math.fround(Math.fround(x) * scale(channel)) + shift(channel))
      break
    }
    case 'prelu': {
      const slope = pointwise.perChannel(plain('slope'))
      pointwise.map(input, output, (x, channel) => (x >= 0 ? x : x * slope(channel)))
      break
    }
    case 'activation':
      pointwise.map(input, output, pointwise.ACTIVATIONS[node.attributes.function])
      break
    case 'clip': {
      const { minimum, maximum } = node.attributes
      pointwise.map(input, output, (x) => Math.min(Math.max(x, minimum), maximum))
      break
    }
    case 'add':
      pointwise.broadcast(input, second, output, batch, (x, y) => x + y)
      break
    case 'multiply':
      pointwise.broadcast(input, second, output, batch, (x, y) => x * y)
      break
    case 'softmax':
      pointwise.softmax(input, output)
      break
    case 'constant': {
      const value = plain('value')
      for (let sample = 0; sample < batch; sample++) output.data.set(value, sample * value.length)
      break
    }
    case 'maxPool':
      spatial.maxPool(input, node.attributes, output, batch)
      break
    case 'averagePool':
      spatial.averagePool(input, node.attributes, output, batch)
      break
    case 'mean':
      spatial.mean(input, node.attributes.axes, output, batch)
      break
    case 'resize':
      spatial.resize(input, node.attributes, output, batch)
      break
    case 'pad':
      spatial.pad(input, node.attributes.padding[0], node.attributes.padding[2], node.attributes.value, output, batch)
      break
    case 'reshape':
      output.data.set(input.data)
      break
    case 'concat':
      spatial.concat(inputs, node.attributes.axis, output, batch)
      break
    case 'slice':
      spatial.slice(input, node.attributes.begin, output, batch)
      break
  }
  return output
}
