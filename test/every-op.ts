/**
 * Every op, with uneven padding, groups, several thresholds, broadcasts and both kinds of weights. Tests compare the float twins
 * on TensorFlow.js and in ONNX with the reference on these graphs.
 */
import {
  ACTIVATION_FUNCTIONS,
  type ActivationFunction,
  elementCount,
  type Graph,
  GraphBuilder,
  type GraphTensor,
  packSigns,
} from '@onebit/core'

/** Values from -1 to 1, the same for every call. */
export function drawnValues(count: number, seed = 7): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (state * 48_271) % 2_147_483_647
    return (state / 2_147_483_647 - 0.5) * 2
  })
}

/** Tensors of values that are all different. */
function drawnTensors() {
  let seed = 0
  const draw = (shape: readonly number[]): Float32Array => drawnValues(elementCount(shape), ++seed * 7919)
  return {
    float: (...shape: number[]): GraphTensor => ({ dtype: 'float32', shape, data: draw(shape) }),
    bits: (...shape: number[]): GraphTensor => ({ dtype: 'bit', shape, data: packSigns(draw(shape)) }),
  }
}

/** The ops of classifiers. Takes images of 9x8x4. */
function classifierOps(): Graph {
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
  const applied = (name: ActivationFunction, input: string): string =>
    node('activation', { inputs: [input], attributes: { function: name } })
  // The exponential of sums would overflow float32.
  const active = ACTIVATION_FUNCTIONS.map((name) => applied(name, name === 'exp' ? applied('tanh', prelu) : prelu)).reduce(
    (sum, value) => node('add', { inputs: [sum, value] }),
  )
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

/**
 * Transposed convolutions with and without a crop, output padding on both sides of it, dilation and bias. Takes images of 4x3x2.
 */
function transposedOps(): Graph {
  const { float, bits } = drawnTensors()
  const builder = new GraphBuilder()
  const image = builder.input('image', [4, 3, 2])
  const signs = builder.node('threshold', { inputs: [image], tensors: { thresholds: float(2, 1), first: bits(2) } })
  const shapes = {
    plain: {},
    strided: { strides: [2, 3] },
    cropped: { strides: [2, 1], padding: [1, 0, 0, 2] },
    uncovered: { strides: [2, 2], padding: [0, 2, 1, 1], outputPadding: [1, 1] },
    beyond: { strides: [4, 3], padding: [1, 0, 0, 1], outputPadding: [2, 3] },
    beyondOneAxis: { strides: [3, 1], padding: [0, 0, 0, 2], outputPadding: [1, 0] },
    dilated: { strides: [1, 2], dilations: [2, 3], padding: [1, 1, 1, 0] },
  } as const
  for (const [name, attributes] of Object.entries(shapes)) {
    const real = { inputs: [image], attributes, tensors: { weights: float(3, 2, 2, 3) } }
    builder.output(name, builder.node('conv2dTranspose', { ...real, tensors: { ...real.tensors, bias: float(3) } }))
    builder.output(`${name} without bias`, builder.node('conv2dTranspose', real))
    const binary = builder.node('binaryConv2dTranspose', { inputs: [signs], attributes, tensors: { weights: bits(3, 3, 2, 2) } })
    builder.output(`${name}, binary`, builder.node('toFloat', { inputs: [binary] }))
  }
  return builder.build()
}

/**
 * Both methods and every convention, up, down and by uneven factors. Between sizes such as 28 and 46, runtimes round positions to
 * different pixels. Takes images of 28x4x2.
 */
function resizeOps(): Graph {
  const builder = new GraphBuilder()
  const image = builder.input('image', [28, 4, 2])
  for (const method of ['nearest', 'bilinear'] as const) {
    for (const convention of [{}, { alignCorners: true }, { halfPixelCenters: true }]) {
      for (const size of [
        [56, 12],
        [46, 41],
        [39, 94],
        [7, 3],
        [1, 9],
        [28, 4],
      ] as const) {
        const attributes = { size, method, ...convention }
        builder.output(JSON.stringify(attributes), builder.node('resize', { inputs: [image], attributes }))
      }
    }
  }
  return builder.build()
}

/** Slices, and constants in every allowed place: in sums, in joins, resized, and as outputs. Takes images of 4x3x2. */
function sliceAndConstantOps(): Graph {
  const { float } = drawnTensors()
  const builder = new GraphBuilder()
  const image = builder.input('image', [4, 3, 2])
  const node = builder.node.bind(builder)
  builder.output('slice', node('slice', { inputs: [image], attributes: { begin: [1, 0, 1], size: [2, 3, 1] } }))
  const flat = node('reshape', { inputs: [image], attributes: { shape: [24] } })
  builder.output('flat slice', node('slice', { inputs: [flat], attributes: { begin: [3], size: [7] } }))
  const constant = (...shape: number[]): string => node('constant', { tensors: { value: float(...shape) } })
  const map = constant(4, 3, 1)
  builder.output('product', node('multiply', { inputs: [image, map] }))
  builder.output('sum', node('add', { inputs: [constant(2), image] }))
  builder.output('join', node('concat', { inputs: [map, image, map], attributes: { axis: 2 } }))
  builder.output('flat join', node('concat', { inputs: [flat, constant(3)], attributes: { axis: 0 } }))
  builder.output('join of constants', node('concat', { inputs: [constant(2, 2), constant(2, 2)], attributes: { axis: 0 } }))
  const grown = node('resize', { inputs: [constant(1, 1, 2)], attributes: { size: [4, 3] } })
  builder.output('resized', grown)
  const weights = float(3, 3, 2, 2)
  const border = node('conv2d', { inputs: [grown], attributes: { padding: [1, 1, 1, 1] }, tensors: { weights } })
  builder.output('border', node('add', { inputs: [image, border] }))
  builder.output('alone', map)
  return builder.build()
}

/** Graphs that together contain every op. Each has one input, `image`. */
export const GRAPHS: Readonly<Record<string, () => Graph>> = {
  'the ops of classifiers': classifierOps,
  'transposed convolutions': transposedOps,
  resizing: resizeOps,
  'slices and constants': sliceAndConstantOps,
}
