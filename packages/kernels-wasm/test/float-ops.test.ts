/** Every op on real values, and ops that move bits, equal the reference to the last bit. */

import { ACTIVATION_FUNCTIONS, type Graph, GraphBuilder, type GraphTensor, type OpName } from '@onebit/core'
import { Random, SEED, SOME_SPECIAL, sign } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { expectSameAsReference, singleNode } from './compare.ts'

type Case = (random: Random) => Graph

function image(random: Random): [number, number, number] {
  return [random.integer(2, 7), random.integer(2, 7), random.pick([1, 2, 3, 4, 5, 8, 12, 13, 16, 24, 35])]
}

function anyShape(random: Random): number[] {
  return Array.from({ length: random.integer(1, 4) }, () => random.integer(1, 6))
}

function perChannel(random: Random, channels: number): GraphTensor {
  return random.floatTensor(random.chance(0.2) ? 1 : channels)
}

function convolution(random: Random): Graph {
  const [height, width] = image(random)
  const kind = random.pick(['plain', 'plain', 'grouped', 'depthwise'])
  const groups = kind === 'plain' ? 1 : random.integer(2, kind === 'depthwise' ? 40 : 9)
  const groupChannels = kind === 'depthwise' ? 1 : random.integer(1, 6)
  const groupOutputs = kind === 'depthwise' ? 1 : random.integer(1, 20)
  const kernel = [random.integer(1, 3), random.integer(1, 3)]
  const weights = random.chance(0.3)
    ? random.bitTensor(groups * groupOutputs, ...kernel, groupChannels)
    : random.floatTensor(...kernel, groupChannels, groups * groupOutputs)
  if (weights.dtype === 'float32' && random.chance(0.1)) weights.data[0] = random.pick([Infinity, Number.NaN])
  return singleNode({
    op: 'conv2d',
    inputs: [[height + 3, width + 3, groups * groupChannels]],
    attributes: {
      strides: [random.integer(1, 2), random.integer(1, 3)],
      dilations: [random.integer(1, 2), random.integer(1, 2)],
      padding: [random.integer(1, 2), random.integer(1, 2), random.integer(1, 2), random.integer(1, 2)],
      groups,
    },
    tensors: { weights, ...(random.chance(0.5) && { bias: random.floatTensor(groups * groupOutputs) }) },
  })
}

/** Images wide enough for tiles of neighboring pixels. */
function depthwise(random: Random): Graph {
  const channels = random.integer(2, 40)
  const kernel = [random.integer(1, 5), random.integer(1, 5)]
  const around = (): number => random.integer(0, 3)
  return singleNode({
    op: 'conv2d',
    inputs: [[random.integer(9, 14), random.integer(9, 30), channels]],
    attributes: {
      strides: [random.integer(1, 2), random.integer(1, 3)],
      dilations: [random.integer(1, 2), random.integer(1, 2)],
      padding: [around(), around(), around(), around()],
      groups: channels,
    },
    tensors: { weights: random.floatTensor(...kernel, 1, channels), bias: random.floatTensor(channels) },
  })
}

/** Rows of many consecutive tiles, also above and below the image. */
function wideConvolution(random: Random): Graph {
  const size = random.integer(3, 7)
  const channels = random.integer(1, 5)
  const outputs = random.integer(1, 40)
  const around = random.integer(0, size - 1)
  return singleNode({
    op: 'conv2d',
    inputs: [[random.integer(size, 12), random.integer(20, 45), channels]],
    attributes: { strides: [random.integer(1, 2), random.integer(1, 3)], padding: [around, around, around, around] },
    tensors: { weights: random.floatTensor(size, size, channels, outputs), bias: random.floatTensor(outputs) },
  })
}

function transposed(random: Random): Graph {
  const [height, width, channels] = image(random)
  const outputs = random.integer(1, 20)
  const weights = random.floatTensor(random.integer(1, 3), random.integer(1, 3), channels, outputs)
  if (weights.dtype === 'float32' && random.chance(0.1)) weights.data[0] = random.pick([Infinity, Number.NaN])
  return singleNode({
    op: 'conv2dTranspose',
    inputs: [[height, width, channels]],
    attributes: {
      strides: [random.integer(1, 3), random.integer(1, 3)],
      dilations: [random.integer(1, 2), random.integer(1, 2)],
      padding: [random.integer(0, 1), 0, 0, random.integer(0, 1)],
      outputPadding: [random.integer(0, 1), random.integer(0, 1)],
    },
    tensors: { weights, ...(random.chance(0.5) && { bias: random.floatTensor(outputs) }) },
  })
}

function dense(random: Random): Graph {
  const shape = anyShape(random)
  const [features, outputs] = [shape.at(-1)!, random.pick([random.integer(1, 20), 32, 72])]
  const weights = random.chance(0.3) ? random.bitTensor(outputs, features) : random.floatTensor(features, outputs)
  return singleNode({ op: 'dense', inputs: [shape], tensors: { weights, bias: random.floatTensor(outputs) } })
}

/** A chain that begins with accumulators, because thresholds, affine and toFloat also take int32. */
function fromAccumulators(op: 'threshold' | 'affine' | 'toFloat'): Case {
  return (random) => {
    const builder = new GraphBuilder()
    const outputs = random.integer(1, 21)
    const bits = sign(builder, builder.input('x', [3, random.integer(1, 4), 9]))
    const sums = builder.node('binaryDense', { inputs: [bits], tensors: { weights: random.bitTensor(outputs, 9) } })
    const tensors: Record<string, GraphTensor> =
      op === 'threshold'
        ? random.thresholds(outputs, random.integer(1, 3), 10)
        : op === 'affine'
          ? { scale: perChannel(random, outputs), shift: perChannel(random, outputs) }
          : {}
    builder.output('y', builder.node(op, { inputs: [sums], tensors }))
    return builder.build()
  }
}

function broadcastPair(random: Random): number[][] {
  const shape = anyShape(random)
  const thin = shape.map((size) => (random.chance(0.4) ? 1 : size)).slice(random.integer(0, shape.length - 1))
  const other = shape.map((size, axis) => (axis === 0 && random.chance(0.2) ? 1 : size))
  return random.chance(0.5) ? [other, thin] : [thin, other]
}

function pool(op: 'maxPool' | 'averagePool', bits: boolean): Case {
  return (random) => {
    const size = [random.integer(2, 4), random.pick([2, 3, 3, 4])] as const
    const padding = [size[0], size[0], size[1], size[1]].map((n) => random.integer(0, n - 1)) as [number, number, number, number]
    const [height, width, channels] = image(random)
    const attributes = { size, strides: [random.integer(1, 3), random.integer(1, 3)] as const, padding }
    const inputs = [[height + 2, width + 2, channels]]
    if (op === 'maxPool') return singleNode({ op, inputs, bits, attributes })
    return singleNode({ op, inputs, attributes: { ...attributes, countPadding: random.chance(0.5) } })
  }
}

function mean(random: Random): Graph {
  const shape = anyShape(random)
  const axes = shape.map((_, axis) => axis).filter(() => random.chance(0.5))
  if (axes.length === 0) axes.push(shape.length - 1)
  return singleNode({ op: 'mean', inputs: [shape], attributes: { axes: axes.reverse(), keepDimensions: random.chance(0.5) } })
}

function resize(random: Random): Graph {
  const corners = random.pick([{}, { alignCorners: true }, { halfPixelCenters: true }])
  const attributes = {
    size: [random.integer(1, 12), random.integer(1, 12)] as const,
    method: random.pick(['nearest', 'bilinear'] as const),
    ...corners,
  }
  return singleNode({ op: 'resize', inputs: [image(random)], attributes })
}

function concat(bits: boolean): Case {
  return (random) => {
    const shape = anyShape(random).map((size) => (random.chance(0.3) ? 8 * size : size))
    const axis = random.integer(0, shape.length - 1)
    const inputs = Array.from({ length: random.integer(1, 3) }, () =>
      shape.map((size, index) => (index === axis ? random.pick([size, 8, 3]) : size)),
    )
    return singleNode({ op: 'concat', inputs, bits, attributes: { axis } })
  }
}

function slice(bits: boolean): Case {
  return (random) => {
    const shape = anyShape(random).map((size) => (random.chance(0.3) ? 8 * size : size))
    const begin = shape.map((size) => (random.chance(0.3) ? 0 : random.integer(0, size - 1)))
    const size = shape.map((n, axis) => (random.chance(0.3) ? n - begin[axis] : random.integer(1, n - begin[axis])))
    return singleNode({ op: 'slice', inputs: [shape], bits, attributes: { begin, size } })
  }
}

function reshape(bits: boolean): Case {
  return (random) => {
    const shape = anyShape(random)
    return singleNode({ op: 'reshape', inputs: [shape], bits, attributes: { shape: shape.toReversed() } })
  }
}

function constant(random: Random): Graph {
  const builder = new GraphBuilder()
  const shape = anyShape(random)
  builder.input('x', shape)
  builder.output('y', builder.node('constant', { tensors: { value: random.floatTensor(...shape) } }))
  builder.output('x', 'x')
  return builder.build()
}

const CASES: Readonly<Record<string, Case>> = {
  conv2d: convolution,
  'conv2d, depthwise': depthwise,
  'conv2d of wide images': wideConvolution,
  conv2dTranspose: transposed,
  dense,
  threshold: (random) => {
    const shape = anyShape(random)
    const channels = random.chance(0.2) ? 1 : shape.at(-1)!
    return singleNode({ op: 'threshold', inputs: [shape], tensors: random.thresholds(channels, random.integer(1, 4)) })
  },
  'threshold of accumulators': fromAccumulators('threshold'),
  'affine of accumulators': fromAccumulators('affine'),
  'toFloat of accumulators': fromAccumulators('toFloat'),
  'toFloat of bits': (random) => singleNode({ op: 'toFloat', inputs: [anyShape(random)], bits: true }),
  'toFloat of floats': (random) => singleNode({ op: 'toFloat', inputs: [anyShape(random)] }),
  affine: (random) => {
    const shape = anyShape(random)
    const [scale, shift] = [perChannel(random, shape.at(-1)!), perChannel(random, shape.at(-1)!)]
    return singleNode({ op: 'affine', inputs: [shape], tensors: { scale, shift } })
  },
  prelu: (random) => {
    const shape = anyShape(random)
    return singleNode({ op: 'prelu', inputs: [shape], tensors: { slope: perChannel(random, shape.at(-1)!) } })
  },
  ...Object.fromEntries(
    ACTIVATION_FUNCTIONS.map((name) => [
      `activation ${name}`,
      (random: Random) => singleNode({ op: 'activation', inputs: [anyShape(random)], attributes: { function: name } }),
    ]),
  ),
  clip: (random) => {
    const bounds = random.pick([
      [-0.5, 0.5],
      [0, 6],
      [-0, 6],
      [-6, 0],
      [-6, -0],
      [0, -0],
      [random.next() - 2, random.next()],
    ])
    const [minimum, maximum] = bounds
    return singleNode({ op: 'clip', inputs: [anyShape(random)], attributes: { minimum, maximum } })
  },
  add: (random) => singleNode({ op: 'add', inputs: broadcastPair(random) }),
  multiply: (random) => singleNode({ op: 'multiply', inputs: broadcastPair(random) }),
  softmax: (random) => singleNode({ op: 'softmax', inputs: [anyShape(random)] }),
  constant,
  maxPool: pool('maxPool', false),
  'maxPool of bits': pool('maxPool', true),
  averagePool: pool('averagePool', false),
  mean,
  resize,
  pad: (random) => {
    const padding = [0, 1, 2, 3].map(() => random.integer(0, 3)) as [number, number, number, number]
    return singleNode({ op: 'pad', inputs: [image(random)], attributes: { padding, value: random.next() } })
  },
  reshape: reshape(false),
  'reshape of bits': reshape(true),
  concat: concat(false),
  'concat of bits': concat(true),
  slice: slice(false),
  'slice of bits': slice(true),
} satisfies Partial<Record<OpName, Case>> & Record<string, Case>

const REPEATS = 60

describe('ops on real values', () => {
  it.each(Object.keys(CASES))('%s equals the reference bit for bit', async (name) => {
    for (let number = 0; number < REPEATS; number++) {
      const random = new Random(SEED + number, SOME_SPECIAL)
      const graph = CASES[name](random)
      try {
        await expectSameAsReference(graph, random, random.integer(1, 3))
      } catch (cause) {
        throw new Error(`Case ${number} of ONEBIT_SEED=${SEED}: ${JSON.stringify(graph.nodes.at(-1))}`, { cause })
      }
    }
    expect.hasAssertions()
  })

  it('windows far larger than the image, and more taps than 32 bits count', async () => {
    const [most, half] = [2 ** 31 - 1, 2 ** 30]
    const windows = [
      { size: [4099, 4099], padding: [2049, 2049, 2049, 2049] },
      { size: [65_537, 65_537], padding: [32_768, 32_768, 32_768, 32_768] },
      { size: [most, 1], padding: [0, most - 1, 0, 0] },
      { size: [1, most], padding: [0, 0, half, half] },
    ] as const
    for (const window of windows) {
      for (const attributes of [window, { ...window, countPadding: true }]) {
        await expectSameAsReference(singleNode({ op: 'averagePool', inputs: [[2, 2, 5]], attributes }), new Random(SEED), 3)
      }
      for (const bits of [false, true]) {
        await expectSameAsReference(
          singleNode({ op: 'maxPool', inputs: [[2, 2, 5]], bits, attributes: window }),
          new Random(SEED),
          3,
        )
      }
    }
  })
})
