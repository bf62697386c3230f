/** Random small graphs for every op of the closed set. Each graph ends in that op, and backends are compared on it. */
import {
  ACTIVATION_FUNCTIONS,
  checkArguments,
  elementCount,
  type Graph,
  GraphBuilder,
  type GraphTensor,
  type OpName,
  rules,
} from '@onebit/core'
import type { Random } from './random.ts'
import { randomRule } from './random-rules.ts'

/** Steps of 1/4, so that inputs meet thresholds exactly. */
export function coarse(random: Random): number {
  checkArguments('coarse()', { random: [random, randomRule] })
  return random.integer(-8, 8) / 4
}

function image(builder: GraphBuilder, random: Random): string {
  // Channel counts around the sizes of words and lanes.
  const channels = random.pick([1, 3, 4, 8, 16, 31, 32, 33, 64])
  return builder.input('image', [random.integer(3, 7), random.integer(3, 7), channels])
}

function thresholded(builder: GraphBuilder, random: Random, value: string): string {
  const channels = random.pick([1, builder.type(value).shape.at(-1)!])
  const count = random.integer(1, 3)
  const rows = Array.from({ length: channels }, () => {
    const sorted = Array.from({ length: count }, () => coarse(random)).sort((a, b) => a - b)
    return random.next() < 0.3 ? [...sorted.slice(1), Number.POSITIVE_INFINITY] : sorted
  })
  const thresholds: GraphTensor = { dtype: 'float32', shape: [channels, count], data: Float32Array.from(rows.flat()) }
  return builder.node('threshold', { inputs: [value], tensors: { thresholds, first: random.bitTensor(channels) } })
}

/** Kernel size and attributes of a convolution that fits the image, and the channels of one of its groups. */
function geometry(builder: GraphBuilder, random: Random, value: string) {
  const [, , channels] = builder.type(value).shape
  const size = random.integer(1, 3)
  const groups = random.pick([1, channels % 2 === 0 ? 2 : 1])
  const dilated = random.next() < 0.3 && size < 3
  const stride = (): number => random.integer(1, 2)
  const side = (): number => random.integer(0, size - 1)
  return {
    size,
    outputs: groups * random.integer(1, 9),
    groupChannels: channels / groups,
    attributes: {
      strides: (dilated ? [1, 1] : [stride(), stride()]) as [number, number],
      dilations: (dilated ? [2, 2] : [1, 1]) as [number, number],
      padding: [side(), side(), side(), side()] as [number, number, number, number],
      groups,
    },
  }
}

/** Scale and shift of a batch normalization. */
function normalized(builder: GraphBuilder, random: Random, value: string): string {
  const channels = random.pick([1, builder.type(value).shape.at(-1)!])
  const tensors = { scale: random.floatTensor(channels), shift: random.floatTensor(channels) }
  return builder.node('affine', { inputs: [value], tensors })
}

type Maker = (builder: GraphBuilder, random: Random) => string

const channelsOf = (builder: GraphBuilder, value: string): number => builder.type(value).shape.at(-1)!

function binaryConvolution(builder: GraphBuilder, random: Random): string {
  const input = thresholded(builder, random, image(builder, random))
  const { size, outputs, groupChannels, attributes } = geometry(builder, random, input)
  const paddingValue = random.pick(['zero', 'one', 'minus-one'] as const)
  const weights = random.bitTensor(outputs, size, size, groupChannels)
  return builder.node('binaryConv2d', { inputs: [input], attributes: { ...attributes, paddingValue }, tensors: { weights } })
}

const pool =
  (op: 'maxPool' | 'averagePool'): Maker =>
  (builder, random) => {
    const value = image(builder, random)
    const input = op === 'maxPool' && random.next() < 0.5 ? thresholded(builder, random, value) : value
    const padding = [random.integer(0, 1), 0, random.integer(0, 1), 1] as const
    return builder.node(op, { inputs: [input], attributes: { size: [2, 2], strides: [random.integer(1, 2), 2], padding } })
  }

const makers: Record<OpName, Maker> = {
  conv2d: (builder, random) => {
    const input = image(builder, random)
    const { size, outputs, groupChannels, attributes } = geometry(builder, random, input)
    const weights =
      random.next() < 0.5
        ? random.floatTensor(size, size, groupChannels, outputs)
        : random.bitTensor(outputs, size, size, groupChannels)
    return builder.node('conv2d', { inputs: [input], attributes, tensors: { weights, bias: random.floatTensor(outputs) } })
  },
  binaryConv2d: binaryConvolution,
  conv2dTranspose: (builder, random) => {
    const input = image(builder, random)
    const weights = random.floatTensor(3, 2, channelsOf(builder, input), 5)
    const attributes = {
      strides: [2, random.integer(1, 2)] as const,
      padding: [1, 0, 0, 1] as const,
      outputPadding: [1, 0] as const,
    }
    return builder.node('conv2dTranspose', { inputs: [input], attributes, tensors: { weights } })
  },
  binaryConv2dTranspose: (builder, random) => {
    const input = thresholded(builder, random, image(builder, random))
    const weights = random.bitTensor(5, 2, 3, channelsOf(builder, input))
    const attributes = { strides: [random.integer(1, 2), 2] as const, padding: [0, 1, 1, 0] as const }
    return builder.node('binaryConv2dTranspose', { inputs: [input], attributes, tensors: { weights } })
  },
  dense: (builder, random) => {
    const input = image(builder, random)
    const outputs = random.integer(1, 9)
    const weights = random.floatTensor(channelsOf(builder, input), outputs)
    return builder.node('dense', { inputs: [input], tensors: { weights, bias: random.floatTensor(outputs) } })
  },
  binaryDense: (builder, random) => {
    const input = thresholded(builder, random, image(builder, random))
    const weights = random.bitTensor(random.integer(1, 9), channelsOf(builder, input))
    return builder.node('binaryDense', { inputs: [input], tensors: { weights } })
  },
  threshold: (builder, random) => {
    if (random.chance(0.4)) return thresholded(builder, random, image(builder, random))
    const sums = binaryConvolution(builder, random)
    return thresholded(builder, random, random.chance(0.5) ? sums : normalized(builder, random, sums))
  },
  toFloat: (builder, random) => builder.node('toFloat', { inputs: [binaryConvolution(builder, random)] }),
  affine: (builder, random) => {
    return normalized(builder, random, random.next() < 0.5 ? image(builder, random) : binaryConvolution(builder, random))
  },
  prelu: (builder, random) => {
    const input = image(builder, random)
    return builder.node('prelu', {
      inputs: [input],
      tensors: { slope: random.floatTensor(random.pick([1, channelsOf(builder, input)])) },
    })
  },
  activation: (builder, random) =>
    builder.node('activation', {
      inputs: [image(builder, random)],
      attributes: { function: random.pick(ACTIVATION_FUNCTIONS) },
    }),
  clip: (builder, random) =>
    builder.node('clip', { inputs: [image(builder, random)], attributes: { minimum: -0.5, maximum: random.next() } }),
  add: (builder, random) => {
    const input = image(builder, random)
    const value = builder.node('constant', { tensors: { value: random.floatTensor(channelsOf(builder, input)) } })
    return builder.node('add', { inputs: [input, value] })
  },
  multiply: (builder, random) => {
    const input = image(builder, random)
    const [height, width] = builder.type(input).shape
    const value = builder.node('constant', {
      tensors: {
        value: random.floatTensor(
          ...random.pick([
            [height, width, 1],
            [1, 1, 1],
          ]),
        ),
      },
    })
    return builder.node('multiply', { inputs: [input, value] })
  },
  softmax: (builder, random) => builder.node('softmax', { inputs: [image(builder, random)] }),
  constant: (builder, random) => {
    const input = image(builder, random)
    const value = builder.node('constant', { tensors: { value: random.floatTensor(...builder.type(input).shape) } })
    return builder.node('add', { inputs: [value, input] })
  },
  maxPool: pool('maxPool'),
  averagePool: pool('averagePool'),
  mean: (builder, random) =>
    builder.node('mean', {
      inputs: [image(builder, random)],
      attributes: { axes: random.pick([[0, 1], [2], [0]]), keepDimensions: random.next() < 0.5 },
    }),
  resize: (builder, random) =>
    builder.node('resize', {
      inputs: [image(builder, random)],
      attributes: {
        size: [random.integer(1, 9), random.integer(1, 9)],
        method: random.pick(['nearest', 'bilinear'] as const),
        ...random.pick([{}, { alignCorners: true }, { halfPixelCenters: true }]),
      },
    }),
  pad: (builder, random) =>
    builder.node('pad', {
      inputs: [image(builder, random)],
      attributes: { padding: [1, random.integer(0, 2), 0, 2], value: coarse(random) },
    }),
  reshape: (builder, random) => {
    const input = thresholded(builder, random, image(builder, random))
    const flat = builder.node('reshape', { inputs: [input], attributes: { shape: [elementCount(builder.type(input).shape)] } })
    return builder.node('binaryDense', { inputs: [flat], tensors: { weights: random.bitTensor(3, channelsOf(builder, flat)) } })
  },
  concat: (builder, random) => {
    const input = image(builder, random)
    const other = builder.node('activation', { inputs: [input], attributes: { function: 'relu' } })
    const pair = random.next() < 0.5 ? [input, other] : [thresholded(builder, random, input), thresholded(builder, random, other)]
    return builder.node('concat', { inputs: pair, attributes: { axis: random.integer(0, 2) } })
  },
  slice: (builder, random) => {
    const input = random.next() < 0.5 ? image(builder, random) : thresholded(builder, random, image(builder, random))
    const { shape } = builder.type(input)
    const begin = shape.map((size) => random.integer(0, size - 1))
    return builder.node('slice', { inputs: [input], attributes: { begin, size: shape.map((size, axis) => size - begin[axis]) } })
  },
}

/** A random graph that ends in `op`. */
export function graphOf(op: OpName, random: Random): Graph {
  checkArguments('graphOf()', { op: [op, rules.oneOf(Object.keys(makers))], random: [random, randomRule] })
  const builder = new GraphBuilder()
  builder.output('result', makers[op](builder, random))
  return builder.build()
}

/** A binary layer on input bits. It outputs the bits too. */
export function bitInputOf(random: Random): Graph {
  checkArguments('bitInputOf()', { random: [random, randomRule] })
  const builder = new GraphBuilder()
  const channels = random.pick([1, 7, 8, 31, 32, 33, 64])
  const bits = builder.input('bits', [random.integer(1, 5), random.integer(1, 5), channels], 'bit')
  const weights = random.bitTensor(random.integer(1, 9), 3, 3, channels)
  const paddingValue = random.pick(['zero', 'one', 'minus-one'] as const)
  const attributes = { padding: [1, 1, 1, 1] as const, paddingValue }
  builder.output('sums', builder.node('binaryConv2d', { inputs: [bits], tensors: { weights }, attributes }))
  builder.output('real', builder.node('toFloat', { inputs: [bits] }))
  builder.output('bits', bits)
  return builder.build()
}

/** Two binary convolutions with all the usual parts of a block, then a classifier. It tests fusions. */
export function networkOf(random: Random): Graph {
  checkArguments('networkOf()', { random: [random, randomRule] })
  const builder = new GraphBuilder()
  let value = builder.input('image', [random.integer(4, 8), random.integer(4, 8), random.pick([3, 16, 32])])
  for (let stage = 0; stage < 2; stage++) {
    const channels = channelsOf(builder, value)
    const tensors = { weights: random.bitTensor(channels, 3, 3, channels) }
    const sums = builder.node('binaryConv2d', {
      inputs: [thresholded(builder, random, value)],
      attributes: { padding: [1, 1, 1, 1], paddingValue: random.pick(['zero', 'one', 'minus-one'] as const) },
      tensors,
    })
    const scaled = builder.node('affine', {
      inputs: [sums],
      tensors: { scale: random.floatTensor(channels), shift: random.floatTensor(channels) },
    })
    const added = builder.node('add', { inputs: [scaled, value] })
    value = builder.node('prelu', { inputs: [added], tensors: { slope: random.floatTensor(channels) } })
  }
  const pooled = builder.node('mean', { inputs: [value], attributes: { axes: [0, 1] } })
  const scores = builder.node('dense', {
    inputs: [pooled],
    tensors: { weights: random.floatTensor(channelsOf(builder, pooled), 5) },
  })
  builder.output('features', value)
  builder.output('result', builder.node('softmax', { inputs: [scores] }))
  return builder.build()
}
