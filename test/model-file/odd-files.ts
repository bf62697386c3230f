/** Files that no writer of Onebit produces, but that docs/model-file.md allows. Each computes `y` from `x`, two floats. */
import { type Anything, type FileParts, fileOf, floats, packed } from './file-of.ts'

/** A graph of one node on `x`, with its other parts. */
function file(node: Anything, parts: Partial<FileParts> = {}, more: Anything = {}): Uint8Array {
  return fileOf({ graph: { inputs: [['x', [2]]], nodes: [['n', ...node]], outputs: [['y', 'n']], ...more }, ...parts })
}

const relu = ['activation', { function: 'relu' }]
const weights = floats([2, 2], [1, 2, 3, 4])
const signs = { 'n.thresholds': floats([1, 4], [-Infinity, 1, 1, Infinity]), 'n.first': packed([1], [1]) }

export const ODD: readonly (readonly [what: string, bytes: Uint8Array])[] = [
  ['a header of odd length', file(relu, { text: (json) => json + ' '.repeat(1 - (json.length % 2)) })],
  ['white space of every kind behind the header', file(relu, { text: (json) => `${json}\n\t\r ` })],
  ['a header in another spelling', file(relu, { text: (json) => json.replace('"format"', ' "\\u0066ormat" ') })],
  [
    'floats behind bits, at no multiple of 4',
    file(
      ['threshold'],
      { tensors: { 'n.first': signs['n.first'], 'n.thresholds': signs['n.thresholds'] } },
      { bits: { 'n.first': [1] } },
    ),
  ],
  [
    'tensors whose entries come in another order',
    file(['dense'], { tensors: { 'n.weights': weights, 'n.bias': floats([2], [5, 6]) }, header: reversed }),
  ],
  ['thresholds that are equal and infinite', file(['threshold'], { tensors: signs }, { bits: { 'n.first': [1] } })],
  [
    'bits of two axes in one',
    file(['dense'], { tensors: { 'n.weights': packed([2], [0b10110001, 2]) } }, { bits: { 'n.weights': [5, 2] } }),
  ],
  [
    'bits of a shape that the stored one tells too',
    file(['dense'], { tensors: { 'n.weights': packed([1], [0b10]) } }, { bits: { 'n.weights': [1, 2] } }),
  ],
  [
    'integers as fractions and powers',
    file(['mean', { axes: [0], keepDimensions: true }], {
      graph: '{"inputs":[["x",[2.0]]],"nodes":[["n","mean",{"axes":[-0],"keepDimensions":true}]],"outputs":[["y","n"]]}',
    }),
  ],
  [
    'sizes as powers',
    fileOf({ graph: '{"inputs":[["x",[0.2e1]]],"nodes":[["n","reshape",{"shape":[1e0,2E+0]}]],"outputs":[["y","n"]]}' }),
  ],
  [
    'an attribute of -0',
    fileOf({ graph: '{"inputs":[["x",[2]]],"nodes":[["n","clip",{"minimum":-0,"maximum":-0.0}]],"outputs":[["y","n"]]}' }),
  ],
  [
    'a role that null leaves out',
    file(
      ['dense', { tensors: { bias: null } }],
      { tensors: { 'n.weights': weights, 'n.bias': floats([2], [5, 6]) } },
      {
        nodes: [
          ['n', 'dense', { tensors: { bias: null } }],
          ['c', 'constant', { tensors: { value: 'n.bias' } }],
        ],
      },
    ),
  ],
  [
    'a constant that states its inputs',
    file(
      relu,
      { tensors: { 'c.value': floats([], [3]) } },
      {
        nodes: [
          ['c', 'constant', { inputs: [] }],
          ['n', 'add', { inputs: ['x', 'c'] }],
        ],
      },
    ),
  ],
  ['a concat of one value', file(['concat', { axis: 0 }])],
  ['no nodes', file(relu, {}, { nodes: [], outputs: [['y', 'x']] })],
  [
    'one value under two names',
    file(
      relu,
      {},
      {
        outputs: [
          ['y', 'n'],
          ['z', 'n'],
          ['x', 'x'],
        ],
      },
    ),
  ],
  ['empty details', file(['toFloat', {}])],
  [
    'details that state what is implied',
    file(['dense', { inputs: ['x'], tensors: { weights: 'n.weights' } }], { tensors: { 'n.weights': weights } }),
  ],
  [
    'names of emoji, quotes and a surrogate pair in escapes',
    fileOf({ graph: '{"inputs":[["x",[2]]],"nodes":[["\\ud83d\\udc5e\\"","toFloat"]],"outputs":[["y","👞\\""]]}' }),
  ],
  ['metadata of any kind of text', file(relu, {}, { metadata: { '': '', constructor: '\u0000', long: 'a'.repeat(5000) } })],
]

/** Lists the tensors from the last to the first. */
function reversed(header: Anything): void {
  for (const name of Object.keys(header).reverse()) {
    const entry = header[name]
    delete header[name]
    header[name] = entry
  }
}
