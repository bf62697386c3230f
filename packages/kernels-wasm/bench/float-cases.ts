/** The real ops that are compared with TensorFlow.js's WASM backend (XNNPACK): each as a graph of ours and as a call of theirs. */
import { type Graph, GraphBuilder, type OpAttributes, type OpName } from '@onebit/core'
import { randomFloats, tf } from './harness.ts'

export interface FloatCase {
  readonly name: string
  readonly graph: Graph
  readonly input: Float32Array
  /** What TensorFlow.js computes of the same values. */
  readonly theirs: () => tf.Tensor
}

type Shape = [number, number, number]

/** A graph of one node, and the input as a tensor with a batch of one. */
function oneNode<Op extends OpName>(
  op: Op,
  shape: readonly number[],
  attributes: Partial<OpAttributes[Op]>,
  weights?: { readonly shape: readonly number[]; readonly data: Float32Array },
): { graph: Graph; input: Float32Array; x: tf.Tensor } {
  const builder = new GraphBuilder()
  const tensors = weights && { weights: { dtype: 'float32' as const, ...weights } }
  builder.output('y', builder.node(op, { inputs: [builder.input('x', shape)], attributes, tensors }))
  const input = randomFloats(shape.reduce((count, size) => count * size, 1))
  return { graph: builder.build(), input, x: tf.tensor(input, [1, ...shape]) }
}

function convolution(kernel: number, stride: number, shape: Shape, outputs: number): FloatCase {
  const around = kernel >> 1
  const weights = { shape: [kernel, kernel, shape[2], outputs], data: randomFloats(kernel * kernel * shape[2] * outputs) }
  const attributes = { strides: [stride, stride], padding: [around, around, around, around] } as const
  const { graph, input, x } = oneNode('conv2d', shape, attributes, weights)
  const filter = tf.tensor4d(weights.data, weights.shape as [number, number, number, number])
  return {
    name: `conv ${kernel}x${kernel}/${stride} ${shape.join('x')} to ${outputs}`,
    graph,
    input,
    theirs: () => tf.conv2d(x as tf.Tensor4D, filter, stride, around),
  }
}

function depthwise(stride: number, shape: Shape): FloatCase {
  const data = randomFloats(9 * shape[2])
  const attributes = { strides: [stride, stride], padding: [1, 1, 1, 1], groups: shape[2] } as const
  const { graph, input, x } = oneNode('conv2d', shape, attributes, { shape: [3, 3, 1, shape[2]], data })
  const filter = tf.tensor4d(data, [3, 3, shape[2], 1])
  return {
    name: `depthwise 3x3/${stride} ${shape.join('x')}`,
    graph,
    input,
    theirs: () => tf.depthwiseConv2d(x as tf.Tensor4D, filter, stride, 1),
  }
}

/** Kernel 4, stride 2, twice the size. */
function transposed(shape: Shape, outputs: number): FloatCase {
  const [height, width, channels] = shape
  const data = randomFloats(16 * channels * outputs)
  const attributes = { strides: [2, 2], padding: [1, 1, 1, 1] } as const
  const { graph, input, x } = oneNode('conv2dTranspose', shape, attributes, { shape: [4, 4, channels, outputs], data })
  // [height, width, in, out] here, [height, width, out, in] there.
  const filter = tf.transpose(tf.tensor4d(data, [4, 4, channels, outputs]), [0, 1, 3, 2]) as tf.Tensor4D
  return {
    name: `transposed conv 4x4/2 ${shape.join('x')} to ${outputs}`,
    graph,
    input,
    theirs: () => tf.conv2dTranspose(x as tf.Tensor4D, filter, [1, 2 * height, 2 * width, outputs], 2, 'same'),
  }
}

function dense(features: number, outputs: number): FloatCase {
  const data = randomFloats(features * outputs)
  const { graph, input, x } = oneNode('dense', [features], {}, { shape: [features, outputs], data })
  const matrix = tf.tensor2d(data, [features, outputs])
  return { name: `dense ${features} to ${outputs}`, graph, input, theirs: () => tf.matMul(x as tf.Tensor2D, matrix) }
}

function pool(op: 'maxPool' | 'averagePool', size: number, stride: number, around: number, shape: Shape): FloatCase {
  const attributes = { size: [size, size], strides: [stride, stride], padding: [around, around, around, around] } as const
  const { graph, input, x } = oneNode(op, shape, attributes)
  const pooled = op === 'maxPool' ? tf.maxPool : tf.avgPool
  return {
    name: `${op} ${size}x${size}/${stride} ${shape.join('x')}`,
    graph,
    input,
    theirs: () => pooled(x as tf.Tensor4D, size, stride, around),
  }
}

function mean(shape: Shape): FloatCase {
  const { graph, input, x } = oneNode('mean', shape, { axes: [0, 1] })
  return { name: `mean ${shape.join('x')} to ${shape[2]}`, graph, input, theirs: () => tf.mean(x, [1, 2]) }
}

function resize(method: 'nearest' | 'bilinear', shape: Shape, size: [number, number]): FloatCase {
  const { graph, input, x } = oneNode('resize', shape, { method, size, halfPixelCenters: true })
  const resized = method === 'nearest' ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear
  return {
    name: `resize ${method} ${shape.join('x')} to ${size.join('x')}`,
    graph,
    input,
    theirs: () => resized(x as tf.Tensor4D, size, false, true),
  }
}

function elementwise(name: string, theirs: (x: tf.Tensor) => tf.Tensor, shape: readonly number[]): FloatCase {
  const { graph, input, x } =
    name === 'softmax' ? oneNode('softmax', shape, {}) : oneNode('activation', shape, { function: name as 'relu' })
  return { name: `${name} ${shape.join('x')}`, graph, input, theirs: () => theirs(x) }
}

/** Made one at a time, as each holds tensors of TensorFlow.js until the next. */
export const FLOAT_CASES: readonly (() => FloatCase)[] = [
  () => convolution(7, 2, [224, 224, 3], 64),
  () => convolution(3, 2, [224, 224, 3], 32),
  () => convolution(3, 2, [224, 224, 3], 16),
  () => convolution(3, 1, [32, 32, 3], 64),
  () => convolution(1, 2, [56, 56, 64], 128),
  () => convolution(1, 1, [28, 28, 64], 128),
  () => convolution(1, 2, [14, 14, 256], 512),
  () => convolution(1, 1, [56, 56, 16], 64),
  () => convolution(3, 1, [28, 28, 128], 128),
  () => convolution(3, 1, [7, 7, 512], 512),
  () => depthwise(2, [112, 112, 16]),
  () => depthwise(1, [56, 56, 64]),
  () => transposed([14, 14, 256], 128),
  () => dense(512, 1000),
  () => dense(1024, 1000),
  () => dense(512, 32),
  () => pool('maxPool', 3, 2, 1, [112, 112, 64]),
  () => pool('maxPool', 2, 2, 0, [28, 28, 128]),
  () => pool('averagePool', 2, 2, 0, [56, 56, 64]),
  () => pool('averagePool', 3, 2, 1, [28, 28, 128]),
  () => pool('averagePool', 7, 1, 0, [7, 7, 512]),
  () => mean([7, 7, 512]),
  () => mean([56, 56, 64]),
  () => resize('bilinear', [28, 28, 128], [56, 56]),
  () => resize('bilinear', [64, 64, 21], [256, 256]),
  () => resize('nearest', [28, 28, 128], [56, 56]),
  () => resize('nearest', [64, 64, 21], [256, 256]),
  () => elementwise('softmax', tf.softmax, [1000]),
  () => elementwise('softmax', tf.softmax, [64, 64, 21]),
  () => elementwise('sigmoid', tf.sigmoid, [512]),
  () => elementwise('sigmoid', tf.sigmoid, [28, 28, 128]),
  () => elementwise('tanh', tf.tanh, [28, 28, 128]),
  () => elementwise('relu', tf.relu, [56, 56, 64]),
]
