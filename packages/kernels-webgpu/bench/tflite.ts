/**
 * Encodes a float graph as a TensorFlow Lite file, for LiteRT. It has the operators of the benchmark's networks: convolutions
 * (also depthwise), dense layers, ReLU, ReLU6, sums, max pools after a ReLU, and means. Tables are those of TensorFlow Lite's
 * schema, with fields by number.
 */
import { type AnyNode, type Graph, type GraphTensor, inferTypes, type NodeOf, type Padding } from '@onebit/core'
import { Builder } from 'flatbuffers'

/** The code of each operator in the schema, and the number of its options table in the union. */
const OPERATORS = {
  add: { code: 0, options: 11 },
  conv2d: { code: 3, options: 1 },
  depthwise: { code: 4, options: 2 },
  dense: { code: 9, options: 8 },
  maxPool: { code: 17, options: 5 },
  relu: { code: 19, options: 0 },
  relu6: { code: 21, options: 0 },
  pad: { code: 34, options: 22 },
  mean: { code: 40, options: 27 },
} as const
type OperatorName = keyof typeof OPERATORS
const NAMES = Object.keys(OPERATORS) as OperatorName[]

/** Tensor types of the schema. */
const [FLOAT32, INT32] = [0, 2]
/** Padding VALID. */
const VALID = 1
const FILE_IDENTIFIER = 'TFL3'

/** Fields of an options table by number: bytes, booleans and 32-bit integers. */
type Fields = readonly (readonly [field: number, type: 'int8' | 'int32', value: number])[]

class Writer {
  readonly #builder = new Builder(2 ** 20)
  readonly #buffers: number[] = []
  readonly #tensors: number[] = []
  readonly #operators: number[] = []
  readonly #indices = new Map<string, number>()

  constructor() {
    // Buffer 0 is empty. Computed tensors refer to it.
    this.#addBuffer()
  }

  #addBuffer(data?: Uint8Array): number {
    const builder = this.#builder
    // Readers expect data at multiples of 16 bytes.
    if (data) builder.prep(16, data.length)
    const vector = data ? builder.createByteVector(data) : 0
    builder.startObject(1)
    if (data) builder.addFieldOffset(0, vector, 0)
    return this.#buffers.push(builder.endObject()) - 1
  }

  #integers(values: readonly number[]): number {
    this.#builder.startVector(4, values.length, 4)
    for (const value of values.toReversed()) this.#builder.addInt32(value)
    return this.#builder.endVector()
  }

  #offsets(values: readonly number[]): number {
    this.#builder.startVector(4, values.length, 4)
    for (const value of values.toReversed()) this.#builder.addOffset(value)
    return this.#builder.endVector()
  }

  tensor(name: string, shape: readonly number[], type = FLOAT32, data?: Float32Array | Int32Array): void {
    const bytes = data && new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const buffer = bytes ? this.#addBuffer(bytes) : 0
    const builder = this.#builder
    const [dimensions, title] = [this.#integers(shape), builder.createString(name)]
    builder.startObject(4)
    builder.addFieldOffset(0, dimensions, 0)
    builder.addFieldInt8(1, type, 0)
    builder.addFieldInt32(2, buffer, 0)
    builder.addFieldOffset(3, title, 0)
    this.#indices.set(name, this.#tensors.push(builder.endObject()) - 1)
  }

  #options(fields: Fields): number {
    const builder = this.#builder
    builder.startObject(7)
    for (const [field, type, value] of fields) {
      if (type === 'int8') builder.addFieldInt8(field, value, 0)
      else builder.addFieldInt32(field, value, 0)
    }
    return builder.endObject()
  }

  operator(name: OperatorName, inputs: readonly string[], output: string, fields: Fields = []): void {
    const builder = this.#builder
    const index = (tensor: string): number => this.#indices.get(tensor)!
    const [from, to] = [this.#integers(inputs.map(index)), this.#integers([index(output)])]
    const { options } = OPERATORS[name]
    const table = options > 0 ? this.#options(fields) : 0
    builder.startObject(5)
    builder.addFieldInt32(0, NAMES.indexOf(name), 0)
    builder.addFieldOffset(1, from, 0)
    builder.addFieldOffset(2, to, 0)
    builder.addFieldInt8(3, options, 0)
    builder.addFieldOffset(4, table, 0)
    this.#operators.push(builder.endObject())
  }

  finish(input: string, output: string): Uint8Array {
    const builder = this.#builder
    const codes = NAMES.map((name) => {
      builder.startObject(4)
      builder.addFieldInt8(0, OPERATORS[name].code, 0)
      builder.addFieldInt32(2, 1, 0)
      builder.addFieldInt32(3, OPERATORS[name].code, 0)
      return builder.endObject()
    })
    const [tensors, operators] = [this.#offsets(this.#tensors), this.#offsets(this.#operators)]
    const [from, to] = [this.#integers([this.#indices.get(input)!]), this.#integers([this.#indices.get(output)!])]
    builder.startObject(5)
    builder.addFieldOffset(0, tensors, 0)
    builder.addFieldOffset(1, from, 0)
    builder.addFieldOffset(2, to, 0)
    builder.addFieldOffset(3, operators, 0)
    const graphs = this.#offsets([builder.endObject()])
    const [operatorCodes, buffers] = [this.#offsets(codes), this.#offsets(this.#buffers)]
    builder.startObject(5)
    builder.addFieldInt32(0, 3, 0)
    builder.addFieldOffset(1, operatorCodes, 0)
    builder.addFieldOffset(2, graphs, 0)
    builder.addFieldOffset(4, buffers, 0)
    builder.finish(builder.endObject(), FILE_IDENTIFIER)
    return builder.asUint8Array()
  }
}

/** Transposes `[rows, columns]` to `[columns, rows]`, because outputs come first in the file. */
function transposed(data: Float32Array, columns: number): Float32Array {
  const rows = data.length / columns
  return Float32Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)])
}

/** Adds zeros around the value, if there is padding. Returns the name of the padded value. */
function padded(writer: Writer, value: string, shape: readonly number[], [top, bottom, left, right]: Padding): string {
  if (top + bottom + left + right === 0) return value
  const name = `${value}:padded`
  writer.tensor(`${name}:sizes`, [4, 2], INT32, Int32Array.of(0, 0, top, bottom, left, right, 0, 0))
  writer.tensor(name, [1, shape[0] + top + bottom, shape[1] + left + right, shape[2]])
  writer.operator('pad', [value, `${name}:sizes`], name)
  return name
}

interface Step<Node> {
  readonly node: Node
  readonly writer: Writer
  readonly tensor: (role: string) => GraphTensor | undefined
  readonly shapeOf: (name: string) => readonly number[]
}

function biasOf({ node, writer, tensor }: Step<AnyNode>, outputs: number): string {
  const bias = (tensor('bias')?.data as Float32Array | undefined) ?? new Float32Array(outputs)
  writer.tensor(`${node.name}:bias`, [outputs], FLOAT32, bias)
  return `${node.name}:bias`
}

function convolution(step: Step<NodeOf<'conv2d'>>): void {
  const { node, writer, tensor, shapeOf } = step
  const { shape, data } = tensor('weights')!
  const [height, width, , outputs] = shape
  const { strides, padding, groups, dilations } = node.attributes
  const input = padded(writer, node.inputs[0], shapeOf(node.inputs[0]), padding)
  const weights = `${node.name}:weights`
  const fused: Fields[number] = [groups === 1 ? 3 : 4, 'int8', 0]
  const first = groups === 1 ? 4 : 5
  const fields: Fields = [
    [0, 'int8', VALID],
    [1, 'int32', strides[1]],
    [2, 'int32', strides[0]],
    fused,
    [first, 'int32', dilations[1]],
    [first + 1, 'int32', dilations[0]],
  ]
  if (groups === 1) writer.tensor(weights, [outputs, height, width, shape[2]], FLOAT32, transposed(data as Float32Array, outputs))
  else writer.tensor(weights, [1, height, width, groups], FLOAT32, data as Float32Array)
  const inputs = [input, weights, biasOf(step, outputs)]
  if (groups === 1) writer.operator('conv2d', inputs, node.name, fields)
  else writer.operator('depthwise', inputs, node.name, [...fields, [3, 'int32', 1]])
}

/** After a ReLU, zeros around the value are never the largest. */
function maxPool({ node, writer, shapeOf }: Step<NodeOf<'maxPool'>>): void {
  const { size, strides, padding } = node.attributes
  const input = padded(writer, node.inputs[0], shapeOf(node.inputs[0]), padding)
  writer.operator('maxPool', [input], node.name, [
    [0, 'int8', VALID],
    [1, 'int32', strides[1]],
    [2, 'int32', strides[0]],
    [3, 'int32', size[1]],
    [4, 'int32', size[0]],
  ])
}

function mean({ node, writer }: Step<NodeOf<'mean'>>): void {
  writer.tensor(`${node.name}:axes`, [2], INT32, Int32Array.of(1, 2))
  writer.operator('mean', [node.inputs[0], `${node.name}:axes`], node.name)
}

function dense(step: Step<NodeOf<'dense'>>): void {
  const { node, writer, tensor } = step
  const { shape, data } = tensor('weights')!
  const weights = `${node.name}:weights`
  writer.tensor(weights, [shape[1], shape[0]], FLOAT32, transposed(data as Float32Array, shape[1]))
  writer.operator('dense', [node.inputs[0], weights, biasOf(step, shape[1])], node.name)
}

const WRITERS: { readonly [Op in AnyNode['op']]?: (step: Step<NodeOf<Op>>) => void } = {
  ...{ conv2d: convolution, dense, maxPool, mean },
  activation: ({ node, writer }) => writer.operator('relu', node.inputs, node.name),
  clip: ({ node, writer }) => writer.operator('relu6', node.inputs, node.name),
  add: ({ node, writer }) => writer.operator('add', node.inputs, node.name),
}

/** @param graph A graph with one input and one output. */
export function encodeTflite(graph: Graph): Uint8Array {
  const writer = new Writer()
  const types = inferTypes(graph)
  const shapeOf = (name: string): readonly number[] => types.get(name)!.shape
  const [input] = graph.inputs
  writer.tensor(input.name, [1, ...input.shape])
  for (const node of graph.nodes) {
    writer.tensor(node.name, [1, ...shapeOf(node.name)])
    const write = WRITERS[node.op] as ((step: Step<AnyNode>) => void) | undefined
    if (!write) throw new Error(`The benchmark cannot write ${node.op} to TensorFlow Lite.`)
    write({ node, writer, shapeOf, tensor: (role) => graph.tensors.get(node.tensors[role] ?? '') })
  }
  return writer.finish(input.name, graph.outputs[0].value)
}
