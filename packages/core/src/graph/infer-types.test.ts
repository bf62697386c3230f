import { bitTensor, floatTensor, plainSign } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { GraphError } from '../errors.ts'
import type { GraphTensor, ValueType } from './graph.ts'
import { GraphBuilder } from './graph-builder.ts'
import { inferTypes } from './infer-types.ts'
import type { OpName } from './ops/index.ts'
import { OP_NAMES } from './ops/index.ts'
import { withOutputs } from './with-outputs.ts'

const floats = (...shape: number[]): GraphTensor => floatTensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))
const bits = (...shape: number[]): GraphTensor => bitTensor(shape, new Float32Array(shape.reduce((a, b) => a * b, 1)))

interface Case {
  readonly op: OpName
  /** Names of the values below. */
  readonly inputs: readonly string[]
  readonly attributes?: Record<string, unknown>
  readonly tensors?: Record<string, GraphTensor>
}

/** The type of a node in a graph that has an input of every type. */
function typeOf({ op, inputs, attributes, tensors }: Case): ValueType {
  const builder = new GraphBuilder()
  builder.input('image', [8, 6, 4])
  builder.input('gate', [1, 1, 4])
  builder.input('vector', [10])
  builder.node('mean', { name: 'scalar', inputs: ['vector'], attributes: { axes: [0] } })
  builder.node('threshold', { name: 'bits', inputs: ['image'], tensors: plainSign() })
  builder.node('threshold', { name: 'bit vector', inputs: ['vector'], tensors: plainSign() })
  builder.node('binaryDense', { name: 'sums', inputs: ['bits'], tensors: { weights: bits(5, 4) } })
  return builder.type(builder.node(op, { name: 'node', inputs, attributes: attributes as never, tensors }))
}

const VALID: readonly (readonly [string, Case, ValueType])[] = [
  [
    'conv2d',
    {
      op: 'conv2d',
      inputs: ['image'],
      attributes: { padding: [1, 1, 0, 0], strides: [2, 1] },
      tensors: { weights: floats(3, 3, 4, 7), bias: floats(7) },
    },
    { dtype: 'float32', shape: [4, 4, 7] },
  ],
  [
    'conv2d of bits in groups',
    { op: 'conv2d', inputs: ['image'], attributes: { groups: 2, dilations: [2, 2] }, tensors: { weights: bits(6, 3, 3, 2) } },
    { dtype: 'float32', shape: [4, 2, 6] },
  ],
  [
    'binaryConv2d',
    { op: 'binaryConv2d', inputs: ['bits'], attributes: { paddingValue: 'one' }, tensors: { weights: bits(9, 1, 1, 4) } },
    { dtype: 'int32', shape: [8, 6, 9] },
  ],
  [
    'conv2dTranspose',
    {
      op: 'conv2dTranspose',
      inputs: ['image'],
      attributes: { strides: [2, 2], padding: [1, 0, 0, 1], outputPadding: [1, 0] },
      tensors: { weights: floats(3, 2, 4, 3) },
    },
    { dtype: 'float32', shape: [17, 11, 3] },
  ],
  [
    'binaryConv2dTranspose',
    { op: 'binaryConv2dTranspose', inputs: ['bits'], attributes: { dilations: [2, 1] }, tensors: { weights: bits(3, 2, 2, 4) } },
    { dtype: 'int32', shape: [10, 7, 3] },
  ],
  ['dense', { op: 'dense', inputs: ['vector'], tensors: { weights: floats(10, 3) } }, { dtype: 'float32', shape: [3] }],
  [
    'binaryDense',
    { op: 'binaryDense', inputs: ['bit vector'], tensors: { weights: bits(3, 10) } },
    { dtype: 'int32', shape: [3] },
  ],
  [
    'threshold of accumulators',
    { op: 'threshold', inputs: ['sums'], tensors: { thresholds: floats(5, 3), first: bits(1) } },
    { dtype: 'bit', shape: [8, 6, 5] },
  ],
  ['toFloat', { op: 'toFloat', inputs: ['bits'] }, { dtype: 'float32', shape: [8, 6, 4] }],
  [
    'affine of accumulators',
    { op: 'affine', inputs: ['sums'], tensors: { scale: floats(5), shift: floats(1) } },
    { dtype: 'float32', shape: [8, 6, 5] },
  ],
  ['prelu', { op: 'prelu', inputs: ['vector'], tensors: { slope: floats(10) } }, { dtype: 'float32', shape: [10] }],
  ['activation', { op: 'activation', inputs: ['scalar'], attributes: { function: 'exp' } }, { dtype: 'float32', shape: [] }],
  ['clip', { op: 'clip', inputs: ['vector'], attributes: { minimum: 0, maximum: 0 } }, { dtype: 'float32', shape: [10] }],
  ['add', { op: 'add', inputs: ['image', 'scalar'] }, { dtype: 'float32', shape: [8, 6, 4] }],
  ['multiply', { op: 'multiply', inputs: ['gate', 'image'] }, { dtype: 'float32', shape: [8, 6, 4] }],
  ['softmax', { op: 'softmax', inputs: ['image'] }, { dtype: 'float32', shape: [8, 6, 4] }],
  ['constant', { op: 'constant', inputs: [], tensors: { value: floats(3, 2) } }, { dtype: 'float32', shape: [3, 2] }],
  [
    'maxPool of bits',
    { op: 'maxPool', inputs: ['bits'], attributes: { size: [3, 3], strides: [2, 2], padding: [1, 1, 1, 1] } },
    { dtype: 'bit', shape: [4, 3, 4] },
  ],
  ['averagePool', { op: 'averagePool', inputs: ['image'], attributes: { size: [8, 6] } }, { dtype: 'float32', shape: [1, 1, 4] }],
  [
    'mean',
    { op: 'mean', inputs: ['image'], attributes: { axes: [0, 1], keepDimensions: true } },
    { dtype: 'float32', shape: [1, 1, 4] },
  ],
  ['resize', { op: 'resize', inputs: ['image'], attributes: { size: [3, 20] } }, { dtype: 'float32', shape: [3, 20, 4] }],
  ['pad', { op: 'pad', inputs: ['image'], attributes: { padding: [1, 2, 3, 4] } }, { dtype: 'float32', shape: [11, 13, 4] }],
  [
    'reshape of accumulators',
    { op: 'reshape', inputs: ['sums'], attributes: { shape: [48, 5] } },
    { dtype: 'int32', shape: [48, 5] },
  ],
  [
    'concat of bits',
    { op: 'concat', inputs: ['bits', 'bits', 'bits'], attributes: { axis: 2 } },
    { dtype: 'bit', shape: [8, 6, 12] },
  ],
  [
    'slice',
    { op: 'slice', inputs: ['image'], attributes: { begin: [7, 0, 1], size: [1, 6, 2] } },
    { dtype: 'float32', shape: [1, 6, 2] },
  ],
]

const REFUSED: readonly (readonly [string, Case, RegExp])[] = [
  ['too few inputs', { op: 'add', inputs: ['image'] }, /number of inputs.*Expected 2, received 1/],
  ['too many inputs', { op: 'softmax', inputs: ['image', 'image'] }, /number of inputs/],
  ['no inputs at all', { op: 'concat', inputs: [], attributes: { axis: 0 } }, /at least 1/],
  ['an unknown input', { op: 'softmax', inputs: ['later'] }, /'later'/],
  ['bits for floats', { op: 'softmax', inputs: ['bits'] }, /Expected float32, received bit/],
  [
    'floats for bits',
    { op: 'binaryDense', inputs: ['vector'], tensors: { weights: bits(2, 10) } },
    /Expected bit, received float32/,
  ],
  ['a missing tensor', { op: 'dense', inputs: ['vector'] }, /lacks its tensor 'weights'/],
  [
    'an unknown tensor',
    { op: 'dense', inputs: ['vector'], tensors: { weights: floats(10, 2), gain: floats(1) } },
    /no tensor 'gain'.*weights, bias/,
  ],
  [
    'a tensor named as the prototype',
    { op: 'softmax', inputs: ['image'], tensors: { constructor: floats(1) } },
    /no tensor 'constructor'/,
  ],
  [
    'float weights in a binary op',
    { op: 'binaryDense', inputs: ['bit vector'], tensors: { weights: floats(2, 10) } },
    /Expected bit, received float32/,
  ],
  [
    'an unknown attribute',
    { op: 'softmax', inputs: ['image'], attributes: { axis: 1 } },
    /unknown attribute 'axis'.*no attributes/,
  ],
  [
    'an attribute of the prototype',
    { op: 'softmax', inputs: ['image'], attributes: { toString: 1 } },
    /unknown attribute 'toString'/,
  ],
  ['a missing attribute', { op: 'resize', inputs: ['image'] }, /bad attribute 'size'.*received nothing/],
  ['a stride of 0', { op: 'maxPool', inputs: ['image'], attributes: { size: [2, 2], strides: [0, 1] } }, /'strides'.*\[0,1\]/],
  ['three strides', { op: 'maxPool', inputs: ['image'], attributes: { size: [2, 2], strides: [1, 1, 1] } }, /'strides'/],
  ['an unknown function', { op: 'activation', inputs: ['image'], attributes: { function: 'gelu' } }, /'function'.*'relu' or/],
  ['a vector for an image', { op: 'resize', inputs: ['vector'], attributes: { size: [1, 1] } }, /not an image/],
  [
    'weights of another rank',
    { op: 'conv2d', inputs: ['image'], tensors: { weights: floats(3, 3, 4) } },
    /not a convolution kernel/,
  ],
  [
    'weights for other channels',
    { op: 'conv2d', inputs: ['image'], tensors: { weights: floats(3, 3, 3, 7) } },
    /Expected 4 input channels per group, received 3/,
  ],
  [
    'groups that do not divide',
    { op: 'conv2d', inputs: ['image'], attributes: { groups: 2 }, tensors: { weights: floats(3, 3, 2, 7) } },
    /multiple of 2, received 7/,
  ],
  [
    'a kernel larger than the image',
    { op: 'conv2d', inputs: ['image'], tensors: { weights: floats(9, 1, 4, 7) } },
    /larger than the padded input/,
  ],
  [
    'a bias of another length',
    { op: 'conv2d', inputs: ['image'], tensors: { weights: floats(1, 1, 4, 7), bias: floats(6) } },
    /bias does not fit.*\[7\]/,
  ],
  [
    'a transposed kernel of other channels',
    { op: 'conv2dTranspose', inputs: ['image'], tensors: { weights: floats(2, 2, 3, 1) } },
    /4 input channels/,
  ],
  [
    'everything cropped away',
    { op: 'conv2dTranspose', inputs: ['image'], attributes: { padding: [9, 9, 0, 0] }, tensors: { weights: floats(1, 1, 4, 1) } },
    /crops the whole/,
  ],
  ['a matrix of another rank', { op: 'dense', inputs: ['vector'], tensors: { weights: floats(10) } }, /not a matrix/],
  [
    'a matrix of other features',
    { op: 'dense', inputs: ['vector'], tensors: { weights: floats(9, 2) } },
    /Expected 10 input features, received 9/,
  ],
  ['a matrix for a scalar', { op: 'dense', inputs: ['scalar'], tensors: { weights: floats(1, 1) } }, /no axis/],
  [
    'null for an attribute',
    { op: 'conv2d', inputs: ['image'], attributes: { strides: null }, tensors: { weights: floats(1, 1, 4, 1) } },
    /bad attribute 'strides'.*received null/,
  ],
  ['scales of a scalar', { op: 'affine', inputs: ['scalar'], tensors: { scale: floats(2), shift: floats(1) } }, /\[1\] or \[1\]/],
  [
    'thresholds for other channels',
    { op: 'threshold', inputs: ['image'], tensors: { thresholds: floats(3, 1), first: bits(1) } },
    /\[1, n\] or \[4, n\]/,
  ],
  [
    'signs for other channels',
    { op: 'threshold', inputs: ['image'], tensors: { thresholds: floats(1, 1), first: bits(3) } },
    /\[1\] or \[4\]/,
  ],
  [
    'scales for other channels',
    { op: 'affine', inputs: ['image'], tensors: { scale: floats(3), shift: floats(1) } },
    /scale do not fit/,
  ],
  ['slopes of another rank', { op: 'prelu', inputs: ['image'], tensors: { slope: floats(1, 4) } }, /slope do not fit/],
  ['a clip upside down', { op: 'clip', inputs: ['image'], attributes: { minimum: 1, maximum: 0 } }, /minimum is above/],
  ['shapes that do not broadcast', { op: 'add', inputs: ['image', 'vector'] }, /\[8, 6, 4\] and \[10\]/],
  ['softmax of a scalar', { op: 'softmax', inputs: ['scalar'] }, /no axis/],
  [
    'padding as large as the window',
    { op: 'maxPool', inputs: ['image'], attributes: { size: [2, 2], padding: [2, 0, 0, 0] } },
    /as large as the window/,
  ],
  ['a window larger than the image', { op: 'averagePool', inputs: ['image'], attributes: { size: [9, 1] } }, /window is larger/],
  ['a mean over nothing', { op: 'mean', inputs: ['image'], attributes: { axes: [] } }, /axes/],
  ['a mean over an axis twice', { op: 'mean', inputs: ['image'], attributes: { axes: [1, 1] } }, /distinct axes/],
  ['a mean over an axis too many', { op: 'mean', inputs: ['image'], attributes: { axes: [3] } }, /below 3/],
  [
    'both coordinate conventions',
    { op: 'resize', inputs: ['image'], attributes: { size: [2, 2], alignCorners: true, halfPixelCenters: true } },
    /exclude each other/,
  ],
  ['a reshape to another count', { op: 'reshape', inputs: ['vector'], attributes: { shape: [3, 3] } }, /10 values/],
  ['concat of other shapes', { op: 'concat', inputs: ['image', 'gate'], attributes: { axis: 2 } }, /more than axis 2/],
  ['concat of other types', { op: 'concat', inputs: ['image', 'bits'], attributes: { axis: 0 } }, /received bit/],
  ['concat along no axis', { op: 'concat', inputs: ['vector'], attributes: { axis: 1 } }, /below 1/],
  ['a slice beyond the end', { op: 'slice', inputs: ['vector'], attributes: { begin: [8], size: [3] } }, /leaves the input/],
  [
    'a slice of another rank',
    { op: 'slice', inputs: ['vector'], attributes: { begin: [0, 0], size: [1, 1] } },
    /leaves the input/,
  ],
]

describe('inference', () => {
  it.each(VALID)('types %s', (_, node, type) => {
    expect(typeOf(node)).toEqual(type)
  })

  it('is tested on every op', () => {
    expect(new Set(VALID.map(([, { op }]) => op))).toEqual(new Set(OP_NAMES))
  })

  it.each(REFUSED)('refuses %s', (_, node, message) => {
    const attempt = () => typeOf(node)
    expect(attempt).toThrow(GraphError)
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(/'node'/)
  })
})

describe('the graph as a whole', () => {
  const base = (() => {
    const builder = new GraphBuilder()
    builder.input('x', [4])
    builder.node('affine', { name: 'a', inputs: ['x'], tensors: { scale: floats(1), shift: floats(4) } })
    builder.output('y', 'a')
    return builder.build()
  })()

  it.each([
    ['a name used twice', { ...base, inputs: [...base.inputs, { name: 'a', shape: [1] }] }, /'a' is used twice/],
    ['an empty name', { ...base, inputs: [...base.inputs, { name: '', shape: [1] }] }, /cannot name/],
    ['a node named __proto__', { ...base, nodes: [{ ...base.nodes[0], name: '__proto__' }] }, /cannot name/],
    ['an unknown op', { ...base, nodes: [{ ...base.nodes[0], op: 'toString' }] }, /no such op/],
    ['a bad input shape', { ...base, inputs: [{ name: 'x', shape: [4.5] }] }, /bad shape/],
    ['an output of nothing', { ...base, outputs: [{ name: 'y', value: 'z' }] }, /no node produces/],
    ['an output twice', withOutputs(withOutputs(base, ['a']), ['a']), /'a' is used twice/],
    ['no outputs', { ...base, outputs: [] }, /no outputs/],
    ['a tensor that is not there', { ...base, tensors: new Map() }, /not in the graph/],
    [
      'a tensor of too little data',
      { ...base, tensors: new Map([...base.tensors, ['a.scale', { ...floats(2), data: new Float32Array(1) } as GraphTensor]]) },
      /wrong amount/,
    ],
    [
      'a tensor of too many elements',
      {
        ...base,
        tensors: new Map([
          ...base.tensors,
          ['b', { dtype: 'bit', shape: [2 ** 16, 2 ** 15], data: { length: 2 ** 28 } } as unknown as GraphTensor],
        ]),
      },
      /'b' is too large/,
    ],
    ['half a surrogate pair for a name', { ...base, inputs: [...base.inputs, { name: 'a\ud800', shape: [1] }] }, /cannot name/],
    ['half a surrogate pair for metadata', { ...base, metadata: { labels: '\udc00' } }, /metadata "labels"/],
    ['metadata named __proto__', { ...base, metadata: JSON.parse('{"__proto__":"x"}') }, /metadata "__proto__"/],
    [
      'bits of too little data',
      { ...base, tensors: new Map([...base.tensors, ['b', { ...bits(9), data: new Uint8Array(1) } as GraphTensor]]) },
      /2 bytes, received 1/,
    ],
  ])('refuses %s', (_, graph, message) => {
    expect(() => inferTypes(graph as typeof base)).toThrow(GraphError)
    expect(() => inferTypes(graph as typeof base)).toThrow(message)
  })

  it('returns more values on demand', () => {
    expect(withOutputs(base, ['x']).outputs).toEqual([
      { name: 'y', value: 'a' },
      { name: 'x', value: 'x' },
    ])
  })
})

describe('GraphBuilder', () => {
  it('takes an attribute of -0 for 0, as a file does', () => {
    const builder = new GraphBuilder()
    builder.output('y', builder.node('pad', { inputs: [builder.input('x', [1, 1, 1])], attributes: { value: -0 } }))
    expect(builder.build().nodes[0].attributes).toEqual({ padding: [0, 0, 0, 0], value: 0 })
  })

  it('names nodes by op and number, around names that are taken', () => {
    const builder = new GraphBuilder()
    builder.input('add1', [2])
    expect(builder.node('add', { inputs: ['add1', 'add1'] })).toBe('add2')
    expect(builder.node('add', { inputs: ['add2', 'add1'] })).toBe('add3')
  })

  it('refuses a name twice and an output of nothing', () => {
    const builder = new GraphBuilder()
    builder.input('x', [2])
    expect(() => builder.input('x', [2])).toThrow(/used twice/)
    expect(() => builder.node('add', { name: 'x', inputs: ['x', 'x'] })).toThrow(/used twice/)
    expect(() => builder.output('y', 'nobody')).toThrow(/no value 'nobody'/)
  })

  it('gives what it built so far, whatever is added later', () => {
    const builder = new GraphBuilder()
    builder.input('x', [2])
    builder.output('y', 'x')
    const graph = builder.build()
    builder.output('z', 'x')
    builder.node('add', { inputs: ['x', 'x'] })
    builder.metadata({ late: 'yes' })
    const list = { labels: ['one', 'two'] } as unknown as Record<string, string>
    expect(() => builder.metadata(list)).toThrow(/'labels' is not text. Expected a string, received a list/)
    expect(graph).toMatchObject({ nodes: [], outputs: [{ name: 'y', value: 'x' }], metadata: {} })
    expect(graph.outputs).toHaveLength(1)
  })

  it('takes nothing of a node that it refused', () => {
    const builder = new GraphBuilder()
    builder.input('x', [4])
    const tensors = { scale: floats(3), shift: floats(1) }
    expect(() => builder.node('affine', { name: 'a', inputs: ['x'], tensors })).toThrow(GraphError)
    builder.output('y', 'x')
    expect(builder.build().tensors.size).toBe(0)
  })
})
