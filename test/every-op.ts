/**
 * Every op that float twins of classifiers know, with uneven padding, groups, several thresholds, broadcasts and both kinds of weights:
 * what the twins on TensorFlow.js and in ONNX are compared with the reference on.
 */
import { elementCount, type Graph, GraphBuilder, type GraphTensor, packSigns } from '@onebit/core'

/** The same values from -1 to 1 with every call. */
export function drawnValues(count: number, seed = 7): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return (state / 2_147_483_647 - 0.5) * 2
  })
}

/** Tensors of values that no other has. */
function drawnTensors() {
  let seed = 0
  const draw = (shape: readonly number[]): Float32Array => drawnValues(elementCount(shape), ++seed * 7919)
  return {
    float: (...shape: number[]): GraphTensor => ({ dtype: 'float32', shape, data: draw(shape) }),
    bits: (...shape: number[]): GraphTensor => ({ dtype: 'bit', shape, data: packSigns(draw(shape)) }),
  }
}

/** Takes images of 9x8x4. */
export function everyClassifierOp(): Graph {
  const { float, bits } = drawnTensors()
  const builder = new GraphBuilder()
  const image = builder.input('image', [9, 8, 4])
  const padding = [1, 0, 0, 1] as const
  const node = builder.node.bind(builder)
  const conv = node('conv2d', {
    inputs: [image],
    attributes: { padding, groups: 2 },
    tensors: { weights: float(2, 2, 2, 6), bias: float(6) },
  })
  const norm = node('affine', { inputs: [conv], tensors: { scale: float(6), shift: float(6) } })
  const thresholds: GraphTensor = { dtype: 'float32', shape: [1, 3], data: Float32Array.of(-0.4, 0.1, 0.7) }
  const signs = node('threshold', { inputs: [norm], tensors: { thresholds, first: bits(6) } })
  const outside = (paddingValue: 'zero' | 'one' | 'minus-one'): string =>
    node('binaryConv2d', {
      inputs: [signs],
      attributes: { padding, paddingValue, strides: [2, 2] },
      tensors: { weights: bits(5, 3, 3, 6) },
    })
  const sums = (['zero', 'one', 'minus-one'] as const).map((value) => node('toFloat', { inputs: [outside(value)] }))
  const joined = node('concat', { inputs: sums, attributes: { axis: 2 } })
  const mixed = node('conv2d', {
    inputs: [joined],
    attributes: { dilations: [2, 2], padding: [1, 1, 1, 1] },
    tensors: { weights: bits(4, 2, 2, 15) },
  })
  const prelu = node('prelu', { inputs: [mixed], tensors: { slope: float(4) } })
  const functions = [
    'relu',
    'sigmoid',
    'tanh',
    'softplus',
    'softsign',
    'swish',
    'hard-sigmoid',
    'hard-swish',
    'absolute',
  ] as const
  const active = functions
    .map((name) => node('activation', { inputs: [prelu], attributes: { function: name } }))
    .reduce((sum, value) => node('add', { inputs: [sum, value] }))
  const rows = node('mean', { inputs: [active], attributes: { axes: [1], keepDimensions: true } })
  const gated = node('multiply', { inputs: [active, rows] })
  const perChannel = node('mean', { inputs: [gated], attributes: { axes: [1, 0] } })
  const centered = node('add', { inputs: [perChannel, gated] })
  const clipped = node('clip', { inputs: [centered], attributes: { minimum: -5, maximum: 5 } })
  const padded = node('pad', { inputs: [clipped], attributes: { padding: [0, 1, 1, 0], value: 0.5 } })
  const largest = node('maxPool', { inputs: [padded], attributes: { size: [2, 2], strides: [1, 1], padding } })
  const average = node('averagePool', { inputs: [largest], attributes: { size: [2, 2], strides: [2, 2], padding: [0, 1, 0, 1] } })
  const counted = node('averagePool', { inputs: [average], attributes: { size: [2, 2], padding, countPadding: true } })
  const mapped = node('dense', { inputs: [counted], tensors: { weights: bits(3, 4), bias: float(3) } })
  const flat = node('reshape', { inputs: [mapped], attributes: { shape: [elementCount(builder.type(mapped).shape)] } })
  const decided = node('threshold', { inputs: [flat], tensors: { thresholds: float(1, 1), first: bits(1) } })
  const width = builder.type(decided).shape[0]
  const voted = node('toFloat', { inputs: [node('binaryDense', { inputs: [decided], tensors: { weights: bits(12, width) } })] })
  const shaped = node('reshape', { inputs: [voted], attributes: { shape: [2, 2, 3] } })
  const channels = node('mean', { inputs: [shaped], attributes: { axes: [0] } })
  const logits = node('dense', { inputs: [flat], tensors: { weights: float(width, 3), bias: float(3) } })
  builder.output('scores', node('softmax', { inputs: [logits] }))
  builder.output('map', node('softmax', { inputs: [mapped] }))
  builder.output('channels', channels)
  builder.output('voted', voted)
  builder.output(prelu, gated)
  return builder.build()
}

/** A graph with an op, named `up`, that no float twin has. */
export function withoutTwin(): Graph {
  const builder = new GraphBuilder()
  const image = builder.input('image', [2, 2, 1])
  builder.output('large', builder.node('resize', { name: 'up', inputs: [image], attributes: { size: [4, 4] } }))
  return builder.build()
}
