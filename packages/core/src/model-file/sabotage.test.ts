import { bitTensor, floatTensor, plainSign, Random, SEED } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { ModelFormatError } from '../errors.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { readModel } from './read-model.ts'
import { sha256 } from './sha256.ts'
import { writeModel } from './write-model.ts'

function sample(): Uint8Array {
  const builder = new GraphBuilder()
  builder.input('x', [4, 4, 3])
  builder.node('conv2d', {
    name: 'conv1',
    inputs: ['x'],
    tensors: { weights: floatTensor([3, 3, 3, 8], new Random(1).floats(216)) },
  })
  builder.node('threshold', { name: 'sign', inputs: ['conv1'], tensors: plainSign() })
  builder.node('binaryConv2d', {
    name: 'conv2',
    inputs: ['sign'],
    tensors: { weights: bitTensor([5, 2, 2, 8], new Random(2).floats(160)) },
  })
  const scale = floatTensor([5], [1, 2, 3, 4, 5])
  builder.node('affine', { name: 'norm', inputs: ['conv2'], tensors: { scale, shift: floatTensor([5], [0, 0, 0, 0, 1]) } })
  builder.output('y', 'norm')
  builder.metadata({ task: 'test' })
  return writeModel(builder.build())
}

// biome-ignore lint/suspicious/noExplicitAny: the tests bend headers into shapes that no type allows
type Header = any

interface Parts {
  header: Header
  graph: Header
  data: Uint8Array
}

function take(bytes: Uint8Array): Parts {
  const end = 8 + Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)))
  return { header, graph: JSON.parse(header.__metadata__.graph), data: bytes.slice(end) }
}

function assemble(text: string | Uint8Array, data: Uint8Array, length?: bigint): Uint8Array {
  const json = typeof text === 'string' ? new TextEncoder().encode(text) : text
  const bytes = new Uint8Array(8 + json.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(data, 8 + json.length)
  return bytes
}

/** The sample with a changed header and the old checksum. */
function bent(change: (parts: Parts) => void): Uint8Array {
  const parts = take(sample())
  change(parts)
  return assemble(JSON.stringify(parts.header), parts.data)
}

/** The sample with a changed graph or data and a matching checksum: a broken writer, not a broken line. */
function forged(change: (parts: Parts) => void): Uint8Array {
  const parts = take(sample())
  change(parts)
  const graph = JSON.stringify(parts.graph)
  parts.header.__metadata__.graph = graph
  parts.header.__metadata__.sha256 = sha256(new TextEncoder().encode(graph), parts.data)
  return assemble(JSON.stringify(parts.header), parts.data)
}

const node = (graph: Header, name: string): Header => graph.nodes.find(([own]: [string]) => own === name)
const good = sample()
const { header: goodHeader, data: goodData } = take(good)
const headerEnd = good.length - goodData.length
const text = JSON.stringify(goodHeader)
const flipped = (at: number): Uint8Array => good.map((byte, index) => (index === at ? byte ^ 1 : byte))

/** A description of the change, the file, and the field that the error must name. */
const SABOTAGES: readonly (readonly [string, Uint8Array, string])[] = [
  ['nothing at all', new Uint8Array(0), 'header length'],
  ['a few bytes', good.slice(0, 7), 'header length'],
  ['only the length', good.slice(0, 8), 'header length'],
  ['cut inside the header', good.slice(0, headerEnd - 9), 'header length'],
  ['cut at the data', good.slice(0, headerEnd), 'conv1.weights.data_offsets'],
  ['cut inside the first tensor', good.slice(0, headerEnd + 10), 'conv1.weights.data_offsets'],
  ['cut by one byte', good.slice(0, -1), 'conv2.weights.data_offsets'],
  ['one byte too many', Uint8Array.from([...good, 0]), 'data'],
  ['a header length of zero', assemble('', goodData), 'header length'],
  ['an absurd header length', assemble(text, goodData, 2n ** 63n), 'header length'],
  ['a header length above the bound', assemble(text, goodData, 100_000_001n), 'header length'],
  ['a header one byte short', assemble(text, goodData, BigInt(text.length - 1)), 'header'],
  ['an HTML page', new TextEncoder().encode('<!doctype html><title>404</title><p>Not found'), 'header length'],
  ['bytes that are not UTF-8', assemble(Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d), goodData), 'header'],
  ['a byte order mark', assemble(`\uFEFF${text}`, goodData), 'header'],
  ['a space before the header', assemble(` ${text}`, goodData), 'header'],
  ['a list for a header', assemble('[1, 2]', goodData), 'header'],
  ['a trailing comma', assemble(`${text.slice(0, -1)},}`, goodData), 'header'],
  ['deep nesting', assemble(`{"a":${'['.repeat(100_000)}`, goodData), 'header'],
  [
    'a tensor twice',
    assemble(text.replace('{', '{"norm.scale":{"dtype":"F32","shape":[5],"data_offsets":[0,20]},'), goodData),
    'header',
  ],
  ['a key twice in a tensor', assemble(text.replace('"dtype":"F32"', '"dtype":"F32","dtype":"F32"'), goodData), 'header'],
  ['a tensor named __proto__', assemble(text.replace('"norm.scale":', '"__proto__":'), goodData), 'header'],
  ['no metadata', bent(({ header }) => delete header.__metadata__), '__metadata__'],
  ['metadata that is a list', bent(({ header }) => (header.__metadata__ = [])), '__metadata__'],
  ['metadata of numbers', bent(({ header }) => (header.__metadata__.version = 1)), '__metadata__.version'],
  ['no graph', bent(({ header }) => delete header.__metadata__.graph), '__metadata__.graph'],
  ['no checksum', bent(({ header }) => delete header.__metadata__.sha256), '__metadata__.sha256'],
  ['another format', bent(({ header }) => (header.__metadata__.format = 'pt')), '__metadata__.format'],
  ['a newer version', bent(({ header }) => (header.__metadata__.version = '2')), '__metadata__.version'],
  ['a version that is no number', bent(({ header }) => (header.__metadata__.version = '1.0')), '__metadata__.version'],
  ['unknown metadata', bent(({ header }) => (header.__metadata__.extra = 'x')), '__metadata__.extra'],
  ['a tensor that is a number', bent(({ header }) => (header['norm.scale'] = 5)), 'norm.scale'],
  ['a tensor of another type', bent(({ header }) => (header['norm.scale'].dtype = 'F16')), 'norm.scale.dtype'],
  ['a tensor without a type', bent(({ header }) => delete header['norm.scale'].dtype), 'norm.scale.dtype'],
  ['a tensor with more keys', bent(({ header }) => (header['norm.scale'].strides = [1])), 'norm.scale.strides'],
  ['a fractional shape', bent(({ header }) => (header['norm.scale'].shape = [2.5, 2])), 'norm.scale.shape'],
  ['a negative shape', bent(({ header }) => (header['norm.scale'].shape = [-5])), 'norm.scale.shape'],
  ['bits without an axis', bent(({ header }) => (header['sign.first'].shape = [])), 'sign.first.shape'],
  ['an empty shape axis', bent(({ header }) => (header['norm.scale'].shape = [0])), 'norm.scale.shape'],
  ['a shape larger than its place', bent(({ header }) => (header['norm.scale'].shape = [6])), 'norm.scale.data_offsets'],
  ['an astronomic shape', bent(({ header }) => (header['norm.scale'].shape = [2 ** 30, 2 ** 30])), 'norm.scale.data_offsets'],
  ['a size above 32 bits', bent(({ header }) => (header['norm.scale'].shape = [2 ** 40])), 'norm.scale.shape'],
  ['one offset', bent(({ header }) => (header['norm.scale'].data_offsets = [0])), 'norm.scale.data_offsets'],
  ['a negative offset', bent(({ header }) => (header['norm.scale'].data_offsets = [-20, 0])), 'norm.scale.data_offsets'],
  ['an offset in text', bent(({ header }) => (header['norm.scale'].data_offsets = ['0', '20'])), 'norm.scale.data_offsets'],
  [
    'an overlap',
    bent(({ header }) => (header['norm.shift'].data_offsets = header['norm.scale'].data_offsets)),
    'norm.shift.data_offsets',
  ],
  [
    'a gap',
    bent(
      ({ header }) => (header['conv2.weights'].data_offsets = header['conv2.weights'].data_offsets.map((at: number) => at + 1)),
    ),
    'conv2.weights.data_offsets',
  ],
  ['a flipped bit in the data', flipped(headerEnd + 17), '__metadata__.sha256'],
  ['a flipped bit in the last byte', flipped(good.length - 1), '__metadata__.sha256'],
  ['a graph changed by hand', bent(({ header }) => (header.__metadata__.graph += ' ')), '__metadata__.sha256'],
  ['a checksum of another file', bent(({ header }) => (header.__metadata__.sha256 = '0'.repeat(64))), '__metadata__.sha256'],
  ['half a surrogate pair in the header', assemble(text.replace('"norm.scale":', '"\\udc00":'), goodData), 'header'],
  ['half a surrogate pair for a text', forged(({ graph }) => (graph.metadata.task = '\ud800')), 'graph'],
  ['half a surrogate pair for a key', forged(({ graph }) => (graph.metadata['a\udfff'] = 'x')), 'graph'],
  ['a graph that is a list', forged((parts) => (parts.graph = [])), 'graph'],
  ['an unknown key in the graph', forged(({ graph }) => (graph.layers = [])), 'graph.layers'],
  ['no nodes', forged(({ graph }) => delete graph.nodes), 'graph.nodes'],
  ['no outputs', forged(({ graph }) => (graph.outputs = [])), 'graph'],
  ['an input of a bad shape', forged(({ graph }) => (graph.inputs[0][1] = [4, 4, -3])), 'graph.inputs[0].shape'],
  ['an input without a shape', forged(({ graph }) => graph.inputs[0].pop()), 'graph.inputs[0]'],
  ['an unknown op', forged(({ graph }) => (node(graph, 'norm')[1] = 'layerNorm')), 'graph.nodes[3].op'],
  ['an op of the prototype', forged(({ graph }) => (node(graph, 'norm')[1] = 'constructor')), 'graph.nodes[3].op'],
  ['a node that is a record', forged(({ graph }) => (graph.nodes[1] = { name: 'sign' })), 'graph.nodes[1]'],
  ['a node without a name', forged(({ graph }) => (graph.nodes[1][0] = '')), 'graph.nodes[1].name'],
  ['a node named __proto__', forged(({ graph }) => (graph.nodes[1][0] = '__proto__')), 'graph.nodes[1].name'],
  ['an unknown attribute', forged(({ graph }) => (graph.nodes[0][2] = { stride: 2 })), "graph.nodes['conv1']"],
  ['an attribute of the prototype', forged(({ graph }) => (graph.nodes[0][2] = { constructor: 2 })), "graph.nodes['conv1']"],
  ['a bad attribute', forged(({ graph }) => (graph.nodes[0][2] = { strides: [0, 1] })), "graph.nodes['conv1']"],
  ['null for an attribute', forged(({ graph }) => (graph.nodes[0][2] = { strides: null })), "graph.nodes['conv1']"],
  [
    'an unknown role',
    forged(({ graph }) => (graph.nodes[3][2] = { tensors: { offset: 'norm.shift' } })),
    'graph.nodes[3].tensors.offset',
  ],
  ['a missing tensor', forged(({ graph }) => (graph.nodes[3][2] = { tensors: { scale: 'nobody' } })), 'norm.scale'],
  ['an unused tensor', forged(({ graph }) => (graph.nodes[3][2] = { tensors: { scale: 'norm.shift' } })), 'norm.scale'],
  ['a tensor taken away', forged(({ graph }) => (graph.nodes[0][0] = 'first')), 'conv1.weights'],
  [
    'two nodes of one name',
    forged(({ graph }) => graph.nodes.splice(1, 0, ['x', 'conv2d', { tensors: { weights: 'conv1.weights' } }])),
    "graph.nodes['x']",
  ],
  ['a node that reads a later one', forged(({ graph }) => (graph.nodes[0][2] = { inputs: ['norm'] })), "graph.nodes['conv1']"],
  ['a node that reads itself', forged(({ graph }) => (graph.nodes[0][2] = { inputs: ['conv1'] })), "graph.nodes['conv1']"],
  ['inputs that are no list', forged(({ graph }) => (graph.nodes[0][2] = { inputs: 'x' })), 'graph.nodes[0].inputs'],
  ['inputs of numbers', forged(({ graph }) => (graph.nodes[0][2] = { inputs: [1] })), 'graph.nodes[0].inputs'],
  ['an output of nothing', forged(({ graph }) => (graph.outputs[0][1] = 'nobody')), 'graph'],
  ['an output twice', forged(({ graph }) => graph.outputs.push(graph.outputs[0])), 'graph'],
  ['bits of an unknown tensor', forged(({ graph }) => (graph.bits.nobody = [8])), 'graph.bits.nobody'],
  ['bits of a float tensor', forged(({ graph }) => (graph.bits['norm.scale'] = [5])), 'graph.bits.norm.scale'],
  ['bits of a shape too large', forged(({ graph }) => (graph.bits['sign.first'] = [9])), 'graph.bits.sign.first'],
  ['bits without a shape', forged(({ graph }) => (graph.bits['sign.first'] = 1)), 'graph.bits.sign.first'],
  ['null for bits', forged(({ graph }) => (graph.bits = null)), 'graph.bits'],
  ['null for metadata of the graph', forged(({ graph }) => (graph.metadata = null)), 'graph.metadata'],
  ['metadata of the graph in numbers', forged(({ graph }) => (graph.metadata.task = 7)), 'graph.metadata.task'],
  ['an input too large to run', forged(({ graph }) => (graph.inputs[0][1] = [2 ** 20, 2 ** 20, 3])), "graph.nodes['x']"],
  ['an input of a few values too many', forged(({ graph }) => (graph.inputs[0][1] = [2 ** 16, 10_923, 3])), "graph.nodes['x']"],
  ['a NaN weight', forged(({ data }) => new DataView(data.buffer).setFloat32(0, Number.NaN, true)), 'conv1.weights'],
  [
    'an infinite weight',
    forged(({ data }) => new DataView(data.buffer).setFloat32(4, Number.POSITIVE_INFINITY, true)),
    'conv1.weights',
  ],
  [
    'a NaN threshold',
    forged(({ header, data }) =>
      new DataView(data.buffer).setFloat32(header['sign.thresholds'].data_offsets[0], Number.NaN, true),
    ),
    'sign.thresholds',
  ],
  [
    'pad bits that are set',
    forged(({ header, data }) => {
      data[header['sign.first'].data_offsets[0]] |= 0x80
    }),
    'sign.first',
  ],
]

function failure(bytes: Uint8Array): unknown {
  try {
    readModel(bytes)
  } catch (error) {
    return error
  }
  return undefined
}

describe('a broken file is refused with the field named', () => {
  it('and an unbroken one is not', () => {
    expect(failure(good)).toBeUndefined()
    expect(failure(bent(() => undefined))).toBeUndefined()
    expect(failure(forged(() => undefined))).toBeUndefined()
  })

  it.each(SABOTAGES)('%s', (_, bytes, field) => {
    const error = failure(bytes) as ModelFormatError
    expect(ModelFormatError.isInstance(error), String(error)).toBe(true)
    expect(error.field ?? error.message).toBe(field)
  })

  it('says where a file is cut short, and what to do', () => {
    expect(String(failure(good.slice(0, -1)))).toMatch(
      /tensor 'conv2.weights' ends at byte 1,\d{3} but the file has 1,\d{3}.*download/is,
    )
  })

  it('tells a length that no header has from a file that is cut short', () => {
    expect(String(failure(assemble(text, goodData, 100_000_000n)))).toMatch(/header ends at byte 100,000,008.*cut short/)
    expect(String(failure(assemble(text, goodData, 100_000_001n)))).toMatch(/does not start with the length/)
    expect(String(failure(assemble(text, goodData, 1n)))).toMatch(/does not start with the length/)
  })

  it('but whole surrogate pairs are text like any other', () => {
    const task = '\u{1f45e}\\ud800'
    expect(readModel(forged(({ graph }) => (graph.metadata.task = task))).metadata.task).toBe(task)
    expect(failure(assemble(text.replace('test', '\\ud83d\\udc5e'), goodData))).toMatchObject({ field: '__metadata__.sha256' })
  })

  it('does not touch prototypes', () => {
    failure(assemble(text.replace('{', '{"__proto__":{"polluted":1},'), goodData))
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('every single change', () => {
  const unbroken = readModel(good)

  function check(bytes: Uint8Array, what: string): void {
    let read: unknown
    try {
      read = readModel(bytes)
    } catch (error) {
      expect(ModelFormatError.isInstance(error), `${what}: ${(error as Error).stack}`).toBe(true)
      return
    }
    expect(read, what).toEqual(unbroken)
  }

  it('of a byte of the header reads the same or throws a typed error', () => {
    const random = new Random(SEED)
    for (let at = 0; at < headerEnd; at++) {
      const bytes = good.slice()
      bytes[at] ^= random.integer(1, 255)
      check(bytes, `byte ${at}, ONEBIT_SEED=${SEED}`)
    }
  })

  it('of several bytes, anywhere, does too', () => {
    const random = new Random(SEED + 1)
    for (let round = 0; round < 500; round++) {
      const bytes = good.slice(0, random.pick([good.length, random.integer(0, good.length)]))
      for (let changes = random.integer(0, 3); changes > 0 && bytes.length > 0; changes--) {
        bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255)
      }
      check(bytes, `round ${round}, ONEBIT_SEED=${SEED}`)
    }
  })

  it('of length throws', () => {
    for (let length = 0; length < good.length; length += 7)
      expect(failure(good.slice(0, length))).toBeInstanceOf(ModelFormatError)
  })
})
