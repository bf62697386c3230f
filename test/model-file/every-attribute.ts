/** Random graphs of one op each. Together they reach every attribute value, every type and every layout in docs/model-file.md. */
import {
  ACTIVATION_FUNCTIONS,
  type ActivationFunction,
  elementCount,
  type Graph,
  GraphBuilder,
  type GraphTensor,
  type OpName,
  type Padding,
  type Pair,
  windowPositions,
} from '@onebit/core'
import { floatTensor, type Random, randomThresholds } from '@onebit/testkit/random'

type Maker = (builder: GraphBuilder, random: Random) => string

const pair = (random: Random, low: number, high: number): Pair => [random.integer(low, high), random.integer(low, high)]
const around = (random: Random, most: number): Padding => [...pair(random, 0, most), ...pair(random, 0, most)]
const maybe = <Value>(random: Random, value: Value): Partial<Value> => (random.chance(0.5) ? value : {})

/** Up to four axes, and sometimes none if `least` allows it. */
function anyShape(random: Random, least = 1): number[] {
  return Array.from({ length: random.integer(least, 4) }, () => random.integer(1, 5))
}

function real(builder: GraphBuilder, shape: readonly number[], name = 'x'): string {
  return builder.input(name, shape)
}

function bits(builder: GraphBuilder, shape: readonly number[], name = 'x'): string {
  return builder.input(name, shape, 'bit')
}

/** Sums of bits, in any shape with at least one axis. */
function sums(builder: GraphBuilder, random: Random, shape: readonly number[]): string {
  const features = random.integer(1, 9)
  const weights = random.bitTensor(shape.at(-1)!, features)
  return builder.node('binaryDense', { inputs: [bits(builder, [...shape.slice(0, -1), features])], tensors: { weights } })
}

/** Float32, or int32. */
function numbers(builder: GraphBuilder, random: Random): string {
  return random.chance(0.5) ? sums(builder, random, anyShape(random)) : real(builder, anyShape(random, 0))
}

const channelsOf = (builder: GraphBuilder, value: string): number => builder.type(value).shape.at(-1) ?? 1

function perChannel(builder: GraphBuilder, random: Random, value: string): GraphTensor {
  return random.floatTensor(random.pick([1, channelsOf(builder, value)]))
}

function image(random: Random): [number, number, number] {
  return [random.integer(1, 6), random.integer(1, 6), random.pick([1, 2, 3, 4, 8, 9])]
}

/** A window and attributes with at least one position. */
function window([height, width]: readonly number[], random: Random) {
  for (;;) {
    const size = pair(random, 1, 3)
    const [strides, dilations, padding] = [pair(random, 1, 3), pair(random, 1, 3), around(random, 3)]
    const rows = windowPositions(height, size[0], strides[0], dilations[0], padding[0] + padding[1])
    const columns = windowPositions(width, size[1], strides[1], dilations[1], padding[2] + padding[3])
    if (rows >= 1 && columns >= 1) return { size, attributes: { strides, dilations, padding } }
  }
}

/** The same for a transposed convolution. */
function transposedWindow([height, width]: readonly number[], random: Random) {
  for (;;) {
    const size = pair(random, 1, 3)
    const [strides, dilations, padding, outputPadding] = [
      pair(random, 1, 3),
      pair(random, 1, 3),
      around(random, 2),
      pair(random, 0, 4),
    ]
    const [top, bottom, left, right] = padding
    const rows = (height - 1) * strides[0] + (size[0] - 1) * dilations[0] + 1 - top - bottom + outputPadding[0]
    const columns = (width - 1) * strides[1] + (size[1] - 1) * dilations[1] + 1 - left - right + outputPadding[1]
    if (rows >= 1 && columns >= 1) return { size, attributes: { strides, dilations, padding, outputPadding } }
  }
}

/** One group, several, or one per channel. */
function groupsOf(channels: number, random: Random): number {
  return random.pick([1, 2, 3, 4, channels].filter((groups) => channels % groups === 0))
}

const convolution =
  (op: 'conv2d' | 'binaryConv2d'): Maker =>
  (builder, random) => {
    const shape = image(random)
    const { size, attributes } = window(shape, random)
    const groups = groupsOf(shape[2], random)
    const outputs = groups * random.integer(1, 4)
    const depth = shape[2] / groups
    const packed = random.bitTensor(outputs, ...size, depth)
    if (op === 'binaryConv2d') {
      const paddingValue = random.pick(['zero', 'one', 'minus-one'] as const)
      const inputs = [bits(builder, shape)]
      return builder.node(op, { inputs, attributes: { ...attributes, groups, paddingValue }, tensors: { weights: packed } })
    }
    const weights = random.chance(0.4) ? packed : random.floatTensor(...size, depth, outputs)
    const tensors = { weights, ...maybe(random, { bias: random.floatTensor(outputs) }) }
    return builder.node(op, { inputs: [real(builder, shape)], attributes: { ...attributes, groups }, tensors })
  }

const transposed =
  (op: 'conv2dTranspose' | 'binaryConv2dTranspose'): Maker =>
  (builder, random) => {
    const shape = image(random)
    const { size, attributes } = transposedWindow(shape, random)
    const outputs = random.integer(1, 5)
    if (op === 'binaryConv2dTranspose') {
      const weights = random.bitTensor(outputs, ...size, shape[2])
      return builder.node(op, { inputs: [bits(builder, shape)], attributes, tensors: { weights } })
    }
    const weights = random.floatTensor(...size, shape[2], outputs)
    const tensors = { weights, ...maybe(random, { bias: random.floatTensor(outputs) }) }
    return builder.node(op, { inputs: [real(builder, shape)], attributes, tensors })
  }

const pool =
  (op: 'maxPool' | 'averagePool'): Maker =>
  (builder, random) => {
    const shape = image(random)
    for (;;) {
      const [size, strides, padding] = [pair(random, 1, 4), pair(random, 1, 3), around(random, 3)]
      const [top, bottom, left, right] = padding
      if (Math.max(top, bottom) >= size[0] || Math.max(left, right) >= size[1]) continue
      if (shape[0] + top + bottom < size[0] || shape[1] + left + right < size[1]) continue
      const attributes = { size, strides, padding }
      if (op === 'maxPool') {
        const input = random.chance(0.3) ? bits(builder, shape) : real(builder, shape)
        return builder.node(op, { inputs: [input], attributes })
      }
      return builder.node(op, { inputs: [real(builder, shape)], attributes: { ...attributes, countPadding: random.chance(0.5) } })
    }
  }

/** Two shapes that broadcast. Either may be the larger. */
function broadcastPair(random: Random): [number[], number[]] {
  const shape = anyShape(random, 0)
  const repeated = shape.map((size) => (random.chance(0.4) ? 1 : size))
  const shapes: [number[], number[]] = [shape, repeated.slice(random.integer(0, shape.length))]
  const mixed = shape.map((size, axis) => (repeated[axis] === 1 ? size : random.pick([1, size])))
  if (random.chance(0.3)) return [mixed, repeated]
  return random.chance(0.5) ? shapes : [shapes[1], shapes[0]]
}

const broadcast =
  (op: 'add' | 'multiply'): Maker =>
  (builder, random) => {
    const [a, b] = broadcastPair(random)
    const first = real(builder, a)
    const second = random.chance(0.5)
      ? real(builder, b, 'second')
      : builder.node('constant', { tensors: { value: random.floatTensor(...b) } })
    return builder.node(op, { inputs: [first, second] })
  }

/** Another shape with as many elements. */
function otherShape(count: number, random: Random): number[] {
  const shape: number[] = []
  for (let rest = count; rest > 1; ) {
    const size = random.pick(Array.from({ length: rest }, (_, index) => index + 1).filter((size) => rest % size === 0))
    if (size > 1 || shape.length < 4) shape.push(shape.length === 7 ? rest : size)
    rest /= shape.length === 8 ? rest : size
  }
  return shape
}

/** A value of any type that ops of shape take. */
function anyValue(builder: GraphBuilder, shape: readonly number[], random: Random, name = 'x'): string {
  return random.chance(0.5) ? bits(builder, shape, name) : real(builder, shape, name)
}

const CLIP_BOUNDS = [
  [0, 0],
  [-0.5, 0.25],
  [0.1, 0.1],
  [-1e300, 1e-60],
  [-1e-60, 1e300],
  [1e39, 1e300],
] as const

export const MAKERS: Readonly<Record<OpName, Maker>> = {
  conv2d: convolution('conv2d'),
  binaryConv2d: convolution('binaryConv2d'),
  conv2dTranspose: transposed('conv2dTranspose'),
  binaryConv2dTranspose: transposed('binaryConv2dTranspose'),
  dense: (builder, random) => {
    const shape = anyShape(random)
    const outputs = random.integer(1, 5)
    const weights = random.chance(0.4) ? random.bitTensor(outputs, shape.at(-1)!) : random.floatTensor(shape.at(-1)!, outputs)
    const tensors = { weights, ...maybe(random, { bias: random.floatTensor(outputs) }) }
    return builder.node('dense', { inputs: [real(builder, shape)], tensors })
  },
  binaryDense: (builder, random) => sums(builder, random, anyShape(random)),
  threshold: (builder, random) => {
    const value = numbers(builder, random)
    return builder.node('threshold', { inputs: [value], tensors: randomThresholds(random, channelsOf(builder, value)) })
  },
  toFloat: (builder, random) => {
    const value = random.chance(0.5) ? numbers(builder, random) : bits(builder, anyShape(random, 0))
    return builder.node('toFloat', { inputs: [value] })
  },
  affine: (builder, random) => {
    const value = numbers(builder, random)
    const tensors = { scale: perChannel(builder, random, value), shift: perChannel(builder, random, value) }
    return builder.node('affine', { inputs: [value], tensors })
  },
  prelu: (builder, random) => {
    const value = real(builder, anyShape(random, 0))
    return builder.node('prelu', { inputs: [value], tensors: { slope: perChannel(builder, random, value) } })
  },
  activation: (builder, random) => activationOf(builder, random, random.pick(ACTIVATION_FUNCTIONS)),
  clip: (builder, random) => {
    const [minimum, maximum] = random.pick(CLIP_BOUNDS)
    return builder.node('clip', { inputs: [real(builder, anyShape(random, 0))], attributes: { minimum, maximum } })
  },
  add: broadcast('add'),
  multiply: broadcast('multiply'),
  softmax: (builder, random) => builder.node('softmax', { inputs: [real(builder, anyShape(random))] }),
  constant: (builder, random) => {
    builder.output('x', real(builder, [1]))
    return builder.node('constant', { tensors: { value: random.floatTensor(...anyShape(random, 0)) } })
  },
  maxPool: pool('maxPool'),
  averagePool: pool('averagePool'),
  mean: (builder, random) => {
    const shape = anyShape(random)
    const axes = shape.map((_, axis) => axis).filter(() => random.chance(0.5))
    if (axes.length === 0) axes.push(random.integer(0, shape.length - 1))
    const attributes = { axes: random.chance(0.5) ? axes.toReversed() : axes, keepDimensions: random.chance(0.5) }
    return builder.node('mean', { inputs: [real(builder, shape)], attributes })
  },
  resize: (builder, random) => {
    const convention = random.pick([{}, { alignCorners: true }, { halfPixelCenters: true }])
    const method = random.pick(['nearest', 'bilinear'] as const)
    const shape = [random.integer(1, 9), random.integer(1, 9), random.integer(1, 2)]
    return builder.node('resize', {
      inputs: [real(builder, shape)],
      attributes: { size: pair(random, 1, 13), method, ...convention },
    })
  },
  pad: (builder, random) => {
    const value = random.pick([0, 0.1, -2, 1e300, 1e-50])
    return builder.node('pad', { inputs: [real(builder, image(random))], attributes: { padding: around(random, 3), value } })
  },
  reshape: (builder, random) => {
    const shape = anyShape(random)
    const value = random.chance(0.3) ? sums(builder, random, shape) : anyValue(builder, shape, random)
    return builder.node('reshape', { inputs: [value], attributes: { shape: otherShape(elementCount(shape), random) } })
  },
  concat: (builder, random) => {
    const shape = anyShape(random)
    const axis = random.integer(0, shape.length - 1)
    const isBit = random.chance(0.5)
    const inputs = Array.from({ length: random.integer(1, 3) }, (_, index) =>
      (isBit ? bits : real)(builder, shape.with(axis, random.integer(1, 9)), `x${index}`),
    )
    return builder.node('concat', { inputs, attributes: { axis } })
  },
  slice: (builder, random) => {
    const shape = anyShape(random)
    const begin = shape.map((size) => random.integer(0, size - 1))
    const size = shape.map((whole, axis) => random.integer(1, whole - begin[axis]))
    return builder.node('slice', { inputs: [anyValue(builder, shape, random)], attributes: { begin, size } })
  },
}

function activationOf(builder: GraphBuilder, random: Random, name: ActivationFunction): string {
  return builder.node('activation', { inputs: [real(builder, anyShape(random, 0))], attributes: { function: name } })
}

function graphWith(make: (builder: GraphBuilder) => string): Graph {
  const builder = new GraphBuilder()
  builder.output('result', make(builder))
  return builder.build()
}

export function opGraph(op: OpName, random: Random): Graph {
  return graphWith((builder) => MAKERS[op](builder, random))
}

/** The graph of a function, for this number of values. */
export function activationGraph(name: ActivationFunction, count: number): Graph {
  return graphWith((builder) => builder.node('activation', { inputs: [real(builder, [count])], attributes: { function: name } }))
}

/** Every float32 that is a special case somewhere; the first ones are the bounds at which functions are cut off. */
export const SPECIAL_VALUES: readonly number[] = [
  0,
  -0,
  1e-45,
  -1e-45,
  1e-40,
  -1e-40,
  2 ** -126,
  -(2 ** -126),
  0.5,
  -0.5,
  1,
  -1,
  3,
  -3,
  2.5,
  6,
  -2.5,
  87,
  -87,
  88.8,
  -88.8,
  89,
  -89,
  127,
  3.4e38,
  -3.4e38,
  Infinity,
  -Infinity,
  Number.NaN,
].map(Math.fround)

/** Values for inputs: ordinary numbers with special ones among them, and zeros of both signs, which no sum hides. */
export const INPUT_KINDS = {
  ordinary: (random: Random) => random.next() * 8 - 4,
  special: (random: Random) => (random.chance(0.3) ? random.pick(SPECIAL_VALUES) : random.next() * 8 - 4),
  zeros: (random: Random) => random.pick([0, -0, -0, -0, 1]),
} as const

/** Random inputs of a graph. */
export function drawnInputs(
  graph: Graph,
  random: Random,
  batch: number,
  kind: keyof typeof INPUT_KINDS,
): Record<string, Float32Array | Int8Array> {
  const real = (): number => INPUT_KINDS[kind](random)
  const bit = (): number => (random.chance(0.5) ? 1 : -1)
  return Object.fromEntries(
    graph.inputs.map(({ name, shape, dtype }) => {
      const length = batch * elementCount(shape)
      return [name, dtype === 'bit' ? Int8Array.from({ length }, bit) : Float32Array.from({ length }, real)]
    }),
  )
}

/** Pairs of sizes for which a position is so close to a half or an integer that each of its roundings matters. */
const ROUNDED_SIZES = [
  [2, 83],
  [2, 95],
  [28, 46],
  [28, 39],
  [4, 94],
] as const

/** One column, resized between each pair of sizes, by both methods and all conventions. */
export function roundedResizes(): readonly Graph[] {
  return ROUNDED_SIZES.map(([from, to]) => {
    const builder = new GraphBuilder()
    const image = real(builder, [from, 1, 1])
    for (const method of ['nearest', 'bilinear'] as const) {
      for (const convention of [{}, { alignCorners: true }, { halfPixelCenters: true }]) {
        const attributes = { size: [to, 1] as const, method, ...convention }
        builder.output(JSON.stringify(attributes), builder.node('resize', { inputs: [image], attributes }))
      }
    }
    return builder.build()
  })
}

/** A graph that computes nothing, with scalars of both types. */
export function passingGraph(): Graph {
  const builder = new GraphBuilder()
  builder.output('real', real(builder, []))
  builder.output('bits', bits(builder, [], 'y'))
  return builder.build()
}

/** Integer thresholds, so that some sums of bits equal them. */
export function tiedThresholds(random: Random): Graph {
  return graphWith((builder) => {
    const value = sums(builder, random, [4])
    const row = Array.from({ length: 4 }, () => random.integer(-5, 5)).sort((a, b) => a - b)
    const tensors = { thresholds: floatTensor([1, 4], row), first: random.bitTensor(1) }
    return builder.node('threshold', { inputs: [value], tensors })
  })
}
