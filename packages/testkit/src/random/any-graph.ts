/** Random small graphs over all ops, valid by construction. */
import {
  ACTIVATION_FUNCTIONS,
  checkArguments,
  elementCount,
  type Graph,
  GraphBuilder,
  type GraphTensor,
  typeGraph,
} from '@onebit/core'
import type { Random } from './random.ts'
import { countRule, randomRule } from './random-rules.ts'
import { floatTensor } from './tensors.ts'

/** Few values, so that ties with thresholds happen. */
const COARSE = [-2, -1, -0.5, -0.25, -0, 0, 0.25, 0.5, 1, 2, 0.1, -0.3]

const isScalar = (builder: GraphBuilder, value: string): boolean => builder.type(value).shape.length === 0

/** Small values, so that few sums overflow. */
function small(random: Random, ...shape: readonly number[]): GraphTensor {
  return floatTensor(shape, random.floats(elementCount(shape), -1, 1))
}

type Step = (builder: GraphBuilder, value: string, random: Random) => string | undefined

function perChannel(random: Random, channels: number, values: readonly number[]): GraphTensor {
  const length = random.pick([1, channels])
  return floatTensor(
    [length],
    Array.from({ length }, () => random.pick(values)),
  )
}

export function randomThresholds(random: Random, channels: number): { thresholds: GraphTensor; first: GraphTensor } {
  checkArguments('randomThresholds()', { random: [random, randomRule], channels: [channels, countRule] })
  const rows = random.pick([1, channels])
  const perRow = random.integer(1, 3)
  const row = (): number[] =>
    Array.from({ length: perRow }, () => random.pick([...COARSE, 3, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])).sort(
      (a, b) => a - b,
    )
  const signs = random.pick([1, channels])
  return {
    thresholds: floatTensor([rows, perRow], Array.from({ length: rows }, row).flat()),
    first: random.bitTensor(signs),
  }
}

function convolutionAttributes(random: Random, channels: number, shape: readonly number[]) {
  const groups = random.pick([1, 1, channels])
  const kernel = random.integer(1, Math.min(3, shape[0], shape[1]))
  const pads = Array.from({ length: 4 }, () => random.integer(0, 1)) as unknown as readonly [number, number, number, number]
  return {
    kernel,
    outputs: groups * random.integer(1, 3),
    attributes: {
      strides: [random.integer(1, 2), random.integer(1, 2)] as const,
      padding: pads,
      groups,
    },
  }
}

/** Batch normalization and sign, as in frozen networks. */
const normalizedSign: Step = (builder, value, random) => {
  const channels = builder.type(value).shape.at(-1) ?? 1
  const tensors = { scale: perChannel(random, channels, COARSE), shift: perChannel(random, channels, COARSE) }
  const affine = builder.node('affine', { inputs: [value], tensors })
  return builder.node('threshold', { inputs: [affine], tensors: randomThresholds(random, channels) })
}

/** Steps that take a float32 value. */
const FLOAT_STEPS: readonly Step[] = [
  normalizedSign,
  (builder, value, random) => {
    const { shape } = builder.type(value)
    const { thresholds, first } = randomThresholds(random, shape.at(-1) ?? 1)
    return builder.node('threshold', { inputs: [value], tensors: { thresholds, first } })
  },
  (builder, value, random) => {
    const channels = builder.type(value).shape.at(-1) ?? 1
    const tensors = { scale: perChannel(random, channels, COARSE), shift: perChannel(random, channels, COARSE) }
    return builder.node('affine', { inputs: [value], tensors })
  },
  (builder, value, random) => {
    const channels = builder.type(value).shape.at(-1) ?? 1
    return builder.node('prelu', { inputs: [value], tensors: { slope: perChannel(random, channels, COARSE) } })
  },
  (builder, value, random) =>
    builder.node('activation', { inputs: [value], attributes: { function: random.pick(ACTIVATION_FUNCTIONS) } }),
  (builder, value) => builder.node('clip', { inputs: [value], attributes: { minimum: -1, maximum: 1.5 } }),
  (builder, value) => (isScalar(builder, value) ? undefined : builder.node('softmax', { inputs: [value] })),
  (builder, value, random) => {
    const operand = builder.node('constant', {
      tensors: { value: small(random, builder.type(value).shape.at(-1) ?? 1) },
    })
    return builder.node(random.pick(['add', 'multiply'] as const), { inputs: [value, operand] })
  },
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length === 0) return undefined
    const outputs = random.integer(1, 4)
    const bits = random.pick([true, false])
    const weights = bits ? random.bitTensor(outputs, shape.at(-1)!) : small(random, shape.at(-1)!, outputs)
    const bias: Record<string, GraphTensor> = random.pick([true, false]) ? { bias: small(random, outputs) } : {}
    return builder.node('dense', { inputs: [value], tensors: { weights, ...bias } })
  },
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length !== 3) return undefined
    const { kernel, outputs, attributes } = convolutionAttributes(random, shape[2], shape)
    const weights = small(random, kernel, kernel, shape[2] / attributes.groups, outputs)
    return builder.node('conv2d', { inputs: [value], attributes, tensors: { weights } })
  },
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length !== 3 || Math.max(...shape) > 8) return undefined
    const attributes = { strides: [2, random.integer(1, 2)] as const, outputPadding: [random.integer(0, 1), 0] as const }
    return builder.node('conv2dTranspose', {
      inputs: [value],
      attributes,
      tensors: { weights: small(random, 2, 2, shape[2], 2) },
    })
  },
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length !== 3 || shape[0] < 2 || shape[1] < 2) return undefined
    const op = random.pick(['maxPool', 'averagePool'] as const)
    return builder.node(op, {
      inputs: [value],
      attributes: { size: [2, 2], strides: [random.integer(1, 2), 1], padding: [1, 0, 0, 1] },
    })
  },
  (builder, value, random) => {
    if (builder.type(value).shape.length < 2) return undefined
    return builder.node('mean', { inputs: [value], attributes: { axes: [0], keepDimensions: random.pick([true, false]) } })
  },
  (builder, value, random) => {
    if (builder.type(value).shape.length !== 3) return undefined
    const method = random.pick(['nearest', 'bilinear'] as const)
    return builder.node('resize', { inputs: [value], attributes: { size: [random.integer(1, 6), 3], method } })
  },
  (builder, value, random) => {
    if (builder.type(value).shape.length !== 3) return undefined
    return builder.node('pad', { inputs: [value], attributes: { padding: [1, 0, 0, 1], value: random.pick([0, 0.5]) } })
  },
]

/** Steps that take bits. */
const BIT_STEPS: readonly Step[] = [
  (builder, value) => builder.node('toFloat', { inputs: [value] }),
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length === 0) return undefined
    return builder.node('binaryDense', {
      inputs: [value],
      tensors: { weights: random.bitTensor(random.integer(1, 9), shape.at(-1)!) },
    })
  },
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length !== 3) return undefined
    const { kernel, outputs, attributes } = convolutionAttributes(random, shape[2], shape)
    const weights = random.bitTensor(outputs, kernel, kernel, shape[2] / attributes.groups)
    const paddingValue = random.pick(['zero', 'one', 'minus-one'] as const)
    return builder.node('binaryConv2d', { inputs: [value], attributes: { ...attributes, paddingValue }, tensors: { weights } })
  },
  (builder, value, random) => {
    const { shape } = builder.type(value)
    if (shape.length !== 3 || Math.max(...shape) > 8) return undefined
    const attributes = { strides: [2, 2] as const, padding: [0, 1, 0, 0] as const }
    return builder.node('binaryConv2dTranspose', {
      inputs: [value],
      attributes,
      tensors: { weights: random.bitTensor(3, 2, 2, shape[2]) },
    })
  },
]

/** Steps that take int32. */
const ACCUMULATOR_STEPS: readonly Step[] = [
  normalizedSign,
  FLOAT_STEPS[1],
  FLOAT_STEPS[2],
  (builder, value) => builder.node('toFloat', { inputs: [value] }),
]

/** Steps that take any type except int32. */
const SHAPE_STEPS: readonly Step[] = [
  (builder, value) =>
    builder.node('reshape', { inputs: [value], attributes: { shape: [elementCount(builder.type(value).shape)] } }),
  (builder, value) =>
    isScalar(builder, value) ? undefined : builder.node('concat', { inputs: [value, value], attributes: { axis: 0 } }),
  (builder, value) => {
    const { shape } = builder.type(value)
    if (shape.length === 0) return undefined
    return builder.node('slice', {
      inputs: [value],
      attributes: { begin: shape.map(() => 0), size: shape.map((size) => Math.ceil(size / 2)) },
    })
  },
]

const STEPS = { float32: [...FLOAT_STEPS, ...SHAPE_STEPS], bit: [...BIT_STEPS, ...SHAPE_STEPS], int32: ACCUMULATOR_STEPS }

/** Up to a dozen nodes over one or two image inputs, with a few outputs and some metadata. */
export function randomGraph(random: Random): Graph {
  checkArguments('randomGraph()', { random: [random, randomRule] })
  const builder = new GraphBuilder()
  const values = [builder.input('image', [random.integer(2, 5), random.integer(2, 5), random.integer(1, 9)])]
  if (random.next() < 0.3) values.push(builder.input('other', [3, 4]))
  const steps = random.integer(2, 12)
  while (values.length < steps) {
    const value = random.next() < 0.7 ? values.at(-1)! : random.pick(values)
    const type = builder.type(value)
    const next = elementCount(type.shape) > 4000 ? undefined : random.pick(STEPS[type.dtype])(builder, value, random)
    if (next !== undefined) values.push(next)
    else values.push(values[0])
  }
  for (const value of new Set([values.at(-1)!, random.pick(values)])) builder.output(`out of ${value}`, value)
  builder.metadata({ task: 'test', 'naïve "key"\n': '☃' })
  return builder.build()
}

/** Inputs of a graph: coarse values, and the float32 neighbors of the graph's thresholds. */
export function randomInputs(random: Random, graph: Graph, batch: number): Record<string, Float32Array> {
  checkArguments('randomInputs()', { random: [random, randomRule], batch: [batch, countRule] })
  typeGraph(graph)
  const thresholds = graph.nodes.flatMap((node) =>
    node.op === 'threshold' ? [...graph.tensors.get(node.tensors.thresholds)!.data] : [],
  )
  const finite = thresholds.filter(Number.isFinite)
  const near = finite.flatMap((t) => [t, Math.fround(t * (1 + 2 ** -23)), Math.fround(t * (1 - 2 ** -23))])
  const values = [...COARSE, ...near]
  return Object.fromEntries(
    graph.inputs.map(({ name, shape }) => [
      name,
      Float32Array.from({ length: batch * elementCount(shape) }, () =>
        random.next() < 0.6 ? random.pick(values) : random.next() * 4 - 2,
      ),
    ]),
  )
}
