/** Files that each break one rule of docs/model-file.md, and the field at fault. */
import { type Anything, type FileParts, fileOf, floats, packed, type Stored } from './file-of.ts'

type Case = readonly [what: string, bytes: Uint8Array, field: string]

/** Tensors of thresholds, bits and an affine, for an input of two values. */
const tensors: Readonly<Record<string, Stored>> = {
  'norm.scale': floats([2], [1, 2]),
  'norm.shift': floats([1], [0]),
  'signs.thresholds': floats([1, 3], [-Infinity, 1, 1]),
  'signs.first': packed([1], [1]),
}
const graph = {
  inputs: [['x', [2]]],
  nodes: [
    ['norm', 'affine'],
    ['signs', 'threshold'],
  ],
  outputs: [['y', 'signs']],
  bits: { 'signs.first': [1] },
  metadata: { task: 'test' },
}

/** The valid file with a change. */
const broken = (parts: Partial<FileParts>): Uint8Array => fileOf({ graph, tensors, ...parts })
const header = (change: (header: Anything) => void): Uint8Array => broken({ header: change })
const metadata = (change: (metadata: Anything) => void): Uint8Array => header((all) => change(all.__metadata__))
const entry = (change: (entry: Anything) => void): Uint8Array => header((all) => change(all['norm.scale']))
const text = (from: string, to: string): Uint8Array => broken({ text: (json) => json.replace(from, to) })
const inGraph = (change: (graph: Anything) => void): Uint8Array => {
  const copy = structuredClone(graph)
  change(copy)
  return broken({ graph: copy })
}
const stored = (changed: Readonly<Record<string, Stored>>): Uint8Array => broken({ tensors: { ...tensors, ...changed } })

export const SOUND: Uint8Array = broken({})

const container: readonly Case[] = [
  ['no bytes', broken({ bytes: () => new Uint8Array(0) }), 'header length'],
  ['seven bytes', broken({ bytes: (bytes) => bytes.subarray(0, 7) }), 'header length'],
  ['a header of 1 byte', broken({ length: 1n }), 'header length'],
  ['a header of 100,000,001 bytes', broken({ length: 100_000_001n }), 'header length'],
  ['a header of 2^63 bytes', broken({ length: 2n ** 63n }), 'header length'],
  ['a header that is cut short', broken({ bytes: (bytes) => bytes.subarray(0, 20) }), 'header length'],
  ['a header that is not UTF-8', broken({ bytes: (bytes) => bytes.fill(0xff, 20, 22) }), 'header'],
  ['a byte order mark', broken({ text: (json) => `\uFEFF${json}` }), 'header'],
  ['a space before the header', broken({ text: (json) => ` ${json}` }), 'header'],
  ['a list for a header', broken({ text: () => '[]' }), 'header'],
  ['a trailing comma', broken({ text: (json) => `${json.slice(0, -1)},}` }), 'header'],
  ['something behind the header', broken({ text: (json) => `${json} 1` }), 'header'],
  ['a number that is no JSON', text('"data_offsets":[0,', '"data_offsets":[00,'), 'header'],
  ['a key twice', text('"dtype":"F32"', '"dtype":"F32","dtype":"F32"'), 'header'],
  ['a key twice, written in another way', text('"dtype":"F32"', '"dtype":"F32","\\u0064type":"F32"'), 'header'],
  ['the key __proto__', text('"norm.scale":', '"__proto__":'), 'header'],
  ['half a surrogate pair', text('"norm.scale":', '"\\ud800":'), 'header'],
  ['33 lists in each other', text('"shape":[2]', `"shape":${'['.repeat(31)}${']'.repeat(31)}`), 'header'],
  ['32 lists in each other', text('"shape":[2]', `"shape":${'['.repeat(30)}${']'.repeat(30)}`), 'norm.scale.shape'],
  ['no metadata', header((all) => delete all.__metadata__), '__metadata__'],
  ['metadata that is a list', header((all) => (all.__metadata__ = [])), '__metadata__'],
  ['a number for the version', metadata((it) => (it.version = 1)), '__metadata__.version'],
  ...['format', 'version', 'graph', 'sha256'].map(
    (key): Case => [`no ${key}`, metadata((it) => delete it[key]), `__metadata__.${key}`],
  ),
  ['a fifth string', metadata((it) => (it.more = '')), '__metadata__.more'],
  ['another format', metadata((it) => (it.format = 'Onebit')), '__metadata__.format'],
  ...['0', '01', '1.0', '2', '10', ' 1', 'x', ''].map(
    (version): Case => [`version '${version}'`, metadata((it) => (it.version = version)), '__metadata__.version'],
  ),
  ['a checksum in capitals', metadata((it) => (it.sha256 = it.sha256.toUpperCase())), '__metadata__.sha256'],
  ['a checksum of another graph', metadata((it) => (it.graph += ' ')), '__metadata__.sha256'],
  ['a flipped bit', broken({ bytes: (bytes) => bytes.fill(bytes.at(-1)! ^ 1, bytes.length - 1) }), '__metadata__.sha256'],
]

const entries: readonly Case[] = [
  ['a tensor that is a number', header((all) => (all['norm.scale'] = 1)), 'norm.scale'],
  ['a tensor without a name', text('"norm.scale":', '"":'), 'header'],
  ['a tensor of a long name', text('"norm.scale":', `"${'a'.repeat(1025)}":`), 'header'],
  ['an entry with one key more', entry((it) => (it.strides = [1])), 'norm.scale.strides'],
  ...['dtype', 'shape', 'data_offsets'].map(
    (key): Case => [`an entry without ${key}`, entry((it) => delete it[key]), `norm.scale.${key}`],
  ),
  ['a type that there is not', entry((it) => (it.dtype = 'F16')), 'norm.scale.dtype'],
  ['a type of the prototype', entry((it) => (it.dtype = 'toString')), 'norm.scale.dtype'],
  ...[0, -2, 1.5, '2', null, 2 ** 31].map(
    (size): Case => [`a size of ${JSON.stringify(size)}`, entry((it) => (it.shape = [size])), 'norm.scale.shape'],
  ),
  ['nine axes', entry((it) => (it.shape = [2, 1, 1, 1, 1, 1, 1, 1, 1])), 'norm.scale.shape'],
  ['bits without an axis', header((all) => (all['signs.first'].shape = [])), 'signs.first.shape'],
  ['a shape of more bytes', entry((it) => (it.shape = [3])), 'norm.scale.data_offsets'],
  ['one offset', entry((it) => (it.data_offsets = [0])), 'norm.scale.data_offsets'],
  ['offsets in text', entry((it) => (it.data_offsets = ['0', '8'])), 'norm.scale.data_offsets'],
  ['a negative offset', entry((it) => (it.data_offsets = [-8, 0])), 'norm.scale.data_offsets'],
  ['an overlap', header((all) => (all['norm.shift'].data_offsets = [4, 8])), 'norm.shift.data_offsets'],
  ['a gap', header((all) => (all['norm.shift'].data_offsets = [12, 16])), 'norm.shift.data_offsets'],
  ['data that are cut short', broken({ bytes: (bytes) => bytes.subarray(0, -1) }), 'signs.first.data_offsets'],
  ['a byte behind the data', broken({ bytes: (bytes) => Buffer.concat([bytes, Buffer.alloc(1)]) }), 'data'],
]

const graphs: readonly Case[] = [
  ['a graph that is no JSON', broken({ graph: '{' }), 'graph'],
  ['a graph that is a list', broken({ graph: [] }), 'graph'],
  ['a key twice in the graph', broken({ graph: '{"nodes":[],"nodes":[]}' }), 'graph'],
  ['the key __proto__ in the graph', broken({ graph: '{"__proto__":1}' }), 'graph'],
  ['33 lists in each other in the graph', broken({ graph: '['.repeat(33) + ']'.repeat(33) }), 'graph'],
  ['half a surrogate pair for a text', broken({ graph: JSON.stringify(graph).replace('test', '\\udc00') }), 'graph'],
  ['an unknown key', inGraph((it) => (it.layers = [])), 'graph.layers'],
  ...['inputs', 'nodes', 'outputs'].map((key): Case => [`no ${key}`, inGraph((it) => delete it[key]), `graph.${key}`]),
  ...['inputs', 'nodes', 'outputs', 'bits', 'metadata'].map(
    (key): Case => [`null for ${key}`, inGraph((it) => (it[key] = null)), `graph.${key}`],
  ),
  ['no output', inGraph((it) => (it.outputs = [])), 'graph'],
  ['metadata in numbers', inGraph((it) => (it.metadata.task = 1)), 'graph.metadata.task'],
  ['an input of one part', inGraph((it) => it.inputs[0].pop()), 'graph.inputs[0]'],
  ['an input of four parts', inGraph((it) => it.inputs[0].push('bit', 1)), 'graph.inputs[0]'],
  ['an input of float32 in so many words', inGraph((it) => it.inputs[0].push('float32')), 'graph.inputs[0].dtype'],
  ['an input of int32', inGraph((it) => it.inputs[0].push('int32')), 'graph.inputs[0].dtype'],
  ['an input of a bad shape', inGraph((it) => (it.inputs[0][1] = [2, 0])), 'graph.inputs[0].shape'],
  ...['', '__proto__', 'a'.repeat(1025), 7, null].flatMap((name): readonly Case[] => {
    const shown = `the name ${String(JSON.stringify(name)).slice(0, 12)}`
    return [
      [`${shown} for an input`, inGraph((it) => (it.inputs[0][0] = name)), 'graph.inputs[0].name'],
      [`${shown} for a node`, inGraph((it) => (it.nodes[0][0] = name)), 'graph.nodes[0].name'],
      [`${shown} for an output`, inGraph((it) => (it.outputs[0][0] = name)), 'graph.outputs[0].name'],
      [`${shown} for the value of an output`, inGraph((it) => (it.outputs[0][1] = name)), 'graph.outputs[0].value'],
      [`${shown} for an input of a node`, inGraph((it) => it.nodes[0].push({ inputs: [name] })), 'graph.nodes[0].inputs'],
    ]
  }),
  ['an output of nothing', inGraph((it) => (it.outputs[0][1] = 'nobody')), 'graph'],
  ['an output of three parts', inGraph((it) => it.outputs[0].push(1)), 'graph.outputs[0]'],
  ['an output twice', inGraph((it) => it.outputs.push(it.outputs[0])), 'graph'],
  ['an input twice', inGraph((it) => it.inputs.push(it.inputs[0])), "graph.nodes['x']"],
  ['a node of the name of an input', inGraph((it) => it.nodes.push(['x', 'toFloat'])), "graph.nodes['x']"],
  ['bits of no tensor', inGraph((it) => (it.bits.nobody = [8])), 'graph.bits.nobody'],
  ['bits of floats', inGraph((it) => (it.bits['norm.scale'] = [2])), 'graph.bits.norm.scale'],
  ['bits of more bytes', inGraph((it) => (it.bits['signs.first'] = [9])), 'graph.bits.signs.first'],
  ['bits of no shape', inGraph((it) => (it.bits['signs.first'] = [0.5])), 'graph.bits.signs.first'],
  ['bits whose stored shape has two axes', header((all) => (all['signs.first'].shape = [1, 1])), 'graph.bits.signs.first'],
  ['a tensor that no node uses', stored({ more: floats([], [1]) }), 'more'],
]

const numbers: readonly Case[] = [
  ['a NaN', stored({ 'norm.scale': floats([2], [1, Number.NaN]) }), 'norm.scale'],
  ['an infinity', stored({ 'norm.shift': floats([1], [Infinity]) }), 'norm.shift'],
  ['a NaN among thresholds', stored({ 'signs.thresholds': floats([1, 2], [0, Number.NaN]) }), 'signs.thresholds'],
  ['thresholds that descend', stored({ 'signs.thresholds': floats([1, 2], [1, 0]) }), 'signs.thresholds'],
  ['thresholds that descend in the second row', stored({ 'signs.thresholds': floats([2, 2], [1, 2, 1, 0]) }), 'signs.thresholds'],
  ['an unused bit that is 1', stored({ 'signs.first': packed([1], [2]) }), 'signs.first'],
  [
    'an infinity in thresholds that are a value too',
    fileOf({
      graph: {
        ...graph,
        nodes: [...graph.nodes, ['value', 'constant', { tensors: { value: 'signs.thresholds' } }]],
      },
      tensors,
    }),
    'signs.thresholds',
  ],
]

/** A graph with one more node, which may read `image` [3, 4, 2], `bits` of that shape, `sums`, `scalar` and `vector`. */
function withNode(op: unknown, details?: unknown, own: Readonly<Record<string, Stored>> = {}, bits: Anything = {}): Uint8Array {
  const weights = packed([1], [1])
  return fileOf({
    graph: {
      inputs: [
        ['image', [3, 4, 2]],
        ['bits', [3, 4, 2], 'bit'],
        ['scalar', []],
        ['vector', [5]],
      ],
      nodes: [
        ['sums', 'binaryDense', { inputs: ['bits'] }],
        ['n', op, ...(details === undefined ? [] : [details])],
        ['last', 'activation', { function: 'relu', inputs: ['image'] }],
      ],
      outputs: [['y', 'n']],
      bits: { 'sums.weights': [1, 2], ...bits },
    },
    tensors: { 'sums.weights': weights, ...own },
  })
}

const node = "graph.nodes['n']"
const image = { inputs: ['image'] }
const kernel = { 'n.weights': floats([1, 1, 2, 2], [1, 2, 3, 4]) }
const signs = { 'n.weights': packed([1], [1]) }
const scalars = { 'n.scale': floats([1], [1]), 'n.shift': floats([1], [1]) }

const nodes: readonly Case[] = [
  ['an op that there is not', withNode('layerNorm'), 'graph.nodes[1].op'],
  ['an op of the prototype', withNode('constructor'), 'graph.nodes[1].op'],
  ['a number for an op', withNode(1), 'graph.nodes[1].op'],
  ['a node of four parts', inGraph((it) => it.nodes[0].push({}, 1)), 'graph.nodes[0]'],
  ['a node that is an object', inGraph((it) => (it.nodes[0] = { name: 'norm' })), 'graph.nodes[0]'],
  ['null for details', withNode('toFloat', null), 'graph.nodes[1].attributes'],
  ['a list for details', withNode('toFloat', []), 'graph.nodes[1].attributes'],
  ['an attribute of another op', withNode('toFloat', { ...image, size: [1, 1] }), node],
  ['an attribute of the prototype', withNode('toFloat', { ...image, constructor: 1 }), node],
  ['null for an attribute', withNode('pad', { ...image, value: null }), node],
  ['no function', withNode('activation', image), node],
  ['a function that there is not', withNode('activation', { ...image, function: 'gelu' }), node],
  ['a function of the prototype', withNode('activation', { ...image, function: 'toString' }), node],
  ['a text for a number', withNode('pad', { ...image, value: '1' }), node],
  ['a number for true', withNode('averagePool', { ...image, size: [1, 1], countPadding: 1 }), node],
  [
    'a number beyond float64',
    broken({ graph: '{"inputs":[["x",[1,1,1]]],"nodes":[["n","pad",{"value":1e999}]],"outputs":[["y","n"]]}', tensors: {} }),
    node,
  ],
  ['a fraction for an integer', withNode('resize', { ...image, size: [1.5, 1] }), node],
  ['an integer of 2^31', withNode('resize', { ...image, size: [2 ** 31, 1] }), node],
  ['a size of 0', withNode('resize', { ...image, size: [0, 1] }), node],
  ['a stride of 0', withNode('maxPool', { ...image, size: [1, 1], strides: [0, 1] }), node],
  ['a negative padding', withNode('pad', { ...image, padding: [0, 0, 0, -1] }), node],
  ['a list of three for four', withNode('pad', { ...image, padding: [0, 0, 0] }), node],
  ['an object for a list', withNode('pad', { ...image, padding: { 0: 1, length: 4 } }), node],
  ['nine sizes', withNode('reshape', { ...image, shape: [24, 1, 1, 1, 1, 1, 1, 1, 1] }), node],
  ['inputs that are a text', withNode('toFloat', { inputs: 'image' }), 'graph.nodes[1].inputs'],
  ['null for inputs', withNode('toFloat', { inputs: null }), 'graph.nodes[1].inputs'],
  ['a later node for an input', withNode('toFloat', { inputs: ['last'] }), node],
  ['itself for an input', withNode('toFloat', { inputs: ['n'] }), node],
  ['no input', withNode('toFloat', { inputs: [] }), node],
  ['two inputs for one', withNode('toFloat', { inputs: ['image', 'image'] }), node],
  ['one input for two', withNode('add', image), node],
  ['an op of two that states none', withNode('add'), node],
  ['a constant with an input', withNode('constant', image, { 'n.value': floats([], [1]) }), node],
  ['no value to imply', fileOf({ graph: { inputs: [], nodes: [['n', 'toFloat']], outputs: [['y', 'n']] } }), node],
  ['bits for floats', withNode('softmax', { inputs: ['bits'] }), node],
  ['int32 for floats', withNode('softmax', { inputs: ['sums'] }), node],
  ['int32 in a slice', withNode('slice', { inputs: ['sums'], begin: [0, 0, 0], size: [1, 1, 1] }), node],
  ['floats for bits', withNode('binaryDense', image, signs, { 'n.weights': [1, 2] }), node],
  ['a list for tensors', withNode('toFloat', { ...image, tensors: [] }), 'graph.nodes[1].tensors'],
  ['null for tensors', withNode('toFloat', { ...image, tensors: null }), 'graph.nodes[1].tensors'],
  ['a role that there is not', withNode('toFloat', { ...image, tensors: { bias: null } }), 'graph.nodes[1].tensors.bias'],
  ['a number for a tensor', withNode('dense', { ...image, tensors: { weights: 1 } }), 'graph.nodes[1].tensors.weights'],
  ['a tensor that is not there', withNode('dense', { ...image, tensors: { weights: 'nobody' } }), node],
  ['no tensor', withNode('dense', image), node],
  ['null for a role that is needed', withNode('dense', { ...image, tensors: { weights: null } }), node],
  [
    'bits for a bias',
    withNode('dense', { ...image, tensors: { bias: 'sums.weights' } }, { 'n.weights': floats([2, 2], [1, 2, 3, 4]) }),
    node,
  ],
  ['floats for weights of bits', withNode('binaryDense', { inputs: ['bits'] }, { 'n.weights': floats([1, 2], [1, 2]) }), node],
]

const shapes: readonly Case[] = [
  ...['conv2d', 'conv2dTranspose'].map((op): Case => [`${op} of a scalar`, withNode(op, { inputs: ['scalar'] }, kernel), node]),
  ...['binaryConv2d', 'binaryConv2dTranspose'].map(
    (op): Case => [`${op} of other channels`, withNode(op, { inputs: ['bits'] }, signs, { 'n.weights': [1, 1, 1, 3] }), node],
  ),
  ...['maxPool', 'averagePool', 'resize'].map(
    (op): Case => [`${op} of a scalar`, withNode(op, { inputs: ['scalar'], size: [1, 1] }), node],
  ),
  ['pad of a scalar', withNode('pad', { inputs: ['scalar'] }), node],
  ['dense of a scalar', withNode('dense', { inputs: ['scalar'] }, { 'n.weights': floats([1, 1], [1]) }), node],
  ['softmax of a scalar', withNode('softmax', { inputs: ['scalar'] }), node],
  ['a kernel of three axes', withNode('conv2d', image, { 'n.weights': floats([1, 2, 2], [1, 2, 3, 4]) }), node],
  [
    'groups that do not divide the input',
    withNode('conv2d', { ...image, groups: 3 }, { 'n.weights': floats([1, 1, 1, 3], [1, 2, 3]) }),
    node,
  ],
  [
    'groups that do not divide the output',
    withNode('conv2d', { ...image, groups: 2 }, { 'n.weights': floats([1, 1, 1, 3], [1, 2, 3]) }),
    node,
  ],
  ['a bias of other channels', withNode('conv2d', image, { ...kernel, 'n.bias': floats([1], [1]) }), node],
  ['a bias of two axes', withNode('conv2d', image, { ...kernel, 'n.bias': floats([1, 2], [1, 2]) }), node],
  [
    'a kernel larger than the image',
    withNode(
      'binaryConv2d',
      { inputs: ['bits'], dilations: [3, 1] },
      { 'n.weights': packed([1], [1]) },
      { 'n.weights': [1, 2, 1, 2] },
    ),
    node,
  ],
  ['an output that is cropped away', withNode('conv2dTranspose', { ...image, padding: [2, 1, 0, 0] }, kernel), node],
  ['a matrix of three axes', withNode('dense', image, { 'n.weights': floats([2, 1, 1], [1, 2]) }), node],
  ['a matrix of other features', withNode('dense', image, { 'n.weights': floats([3, 1], [1, 2, 3]) }), node],
  [
    'a bias of another matrix',
    withNode('dense', image, { 'n.weights': floats([2, 1], [1, 2]), 'n.bias': floats([2], [1, 2]) }),
    node,
  ],
  ['scales of other channels', withNode('affine', image, { ...scalars, 'n.scale': floats([3], [1, 2, 3]) }), node],
  ['scales of no axis', withNode('affine', image, { ...scalars, 'n.scale': floats([], [1]) }), node],
  [
    'scales for more channels than a scalar has',
    withNode('affine', { inputs: ['scalar'] }, { ...scalars, 'n.shift': floats([2], [1, 2]) }),
    node,
  ],
  ['slopes of other channels', withNode('prelu', image, { 'n.slope': floats([3], [1, 2, 3]) }), node],
  [
    'thresholds of one axis',
    withNode('threshold', image, { 'n.thresholds': floats([2], [1, 2]), 'n.first': packed([1], [1]) }, { 'n.first': [1] }),
    node,
  ],
  [
    'thresholds of other channels',
    withNode('threshold', image, { 'n.thresholds': floats([3, 1], [1, 2, 3]), 'n.first': packed([1], [1]) }, { 'n.first': [1] }),
    node,
  ],
  [
    'first bits of other channels',
    withNode('threshold', image, { 'n.thresholds': floats([1, 1], [1]), 'n.first': packed([1], [1]) }),
    node,
  ],
  ['a clip upside down', withNode('clip', { ...image, minimum: 1, maximum: 0 }), node],
  ['sizes that do not broadcast', withNode('add', { inputs: ['image', 'vector'] }), node],
  ['padding as large as the window, above', withNode('maxPool', { ...image, size: [2, 2], padding: [2, 0, 0, 0] }), node],
  [
    'padding as large as the window, on the right',
    withNode('averagePool', { ...image, size: [3, 1], padding: [0, 0, 0, 1] }),
    node,
  ],
  ['a window larger than the image', withNode('averagePool', { ...image, size: [4, 1] }), node],
  ['a mean over nothing', withNode('mean', { ...image, axes: [] }), node],
  ['a mean over an axis twice', withNode('mean', { ...image, axes: [1, 1] }), node],
  ['a mean over an axis that there is not', withNode('mean', { ...image, axes: [3] }), node],
  [
    'both conventions of resize',
    withNode('resize', { ...image, size: [2, 2], alignCorners: true, halfPixelCenters: true }),
    node,
  ],
  ['a shape of another count', withNode('reshape', { ...image, shape: [25] }), node],
  ['a join along no axis', withNode('concat', { ...image, axis: 3 }), node],
  ['a join of two types', withNode('concat', { inputs: ['image', 'bits'], axis: 0 }), node],
  ['a join of other axes', withNode('concat', { inputs: ['image', 'scalar'], axis: 0 }), node],
  ['a slice of fewer axes', withNode('slice', { ...image, begin: [0, 0], size: [1, 1] }), node],
  ['a slice with another number of sizes', withNode('slice', { ...image, begin: [0, 0, 0], size: [1, 1] }), node],
  ['a slice that leaves the input', withNode('slice', { ...image, begin: [0, 3, 0], size: [1, 2, 1] }), node],
  ['a value of 2^31 elements', withNode('pad', { ...image, padding: [0, 0, 0, 2 ** 31 - 1] }), node],
  [
    'a value of nine axes',
    broken({ graph: { inputs: [['x', [1, 1, 1, 1, 1, 1, 1, 1, 1]]], nodes: [], outputs: [['y', 'x']] }, tensors: {} }),
    'graph.inputs[0].shape',
  ],
  [
    'an input of 2^31 elements',
    broken({ graph: { inputs: [['x', [2 ** 16, 2 ** 15]]], nodes: [], outputs: [['y', 'x']] }, tensors: {} }),
    "graph.nodes['x']",
  ],
]

export const BROKEN: readonly Case[] = [...container, ...entries, ...graphs, ...numbers, ...nodes, ...shapes]
