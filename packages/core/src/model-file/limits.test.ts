import { floatTensor, plainSign } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { GraphError, LimitError, ModelFormatError, type OnebitError } from '../errors.ts'
import type { Graph } from '../graph/graph.ts'
import { GraphBuilder, type NodeOptions } from '../graph/graph-builder.ts'
import { LARGEST_INTEGER, LONGEST_NAME, MOST_AXES } from '../graph/limits.ts'
import type { OpName } from '../graph/ops/index.ts'
import { reference } from '../reference/reference-backend.ts'
import { readModel } from './read-model.ts'
import { safetensorsHeader } from './safetensors.ts'
import { sha256 } from './sha256.ts'
import { writeModel } from './write-model.ts'

/** A file without tensors for any graph JSON, with a right checksum. */
function fileOf(graph: string): Uint8Array {
  const checksum = sha256(new TextEncoder().encode(graph))
  return safetensorsHeader({ metadata: { format: 'onebit', version: '1', sha256: checksum, graph }, tensors: new Map() })
}

/** A file of nodes on one 4x4x1 input, `x`. */
function fileOfNodes(nodes: readonly unknown[]): Uint8Array {
  const last = (nodes.at(-1) as readonly string[])[0]
  return fileOf(JSON.stringify({ inputs: [['x', [4, 4, 1]]], nodes, outputs: [['y', last]] }))
}

function chain(length: number): Uint8Array {
  return fileOfNodes(Array.from({ length }, (_, index) => [`n${index}`, 'activation', { function: 'relu' }]))
}

function failure(read: () => unknown): OnebitError {
  try {
    read()
  } catch (error) {
    return error as OnebitError
  }
  throw new Error('Nothing was thrown.')
}

/** The graph of one op on an image of 2x2x1. It is valid, whatever its cost. */
function oneOp<Op extends OpName>(op: Op, options: NodeOptions<Op>): Graph {
  const builder = new GraphBuilder()
  builder.input('x', [2, 2, 1])
  builder.output('y', builder.node(op, { inputs: ['x'], ...options }))
  return builder.build()
}

const nested = `${'['.repeat(4100)}${']'.repeat(4100)}`
const long = 'a'.repeat(8_000_000)

describe('what no file may state', () => {
  it.each([
    ['a shape nested 4,100 deep', () => fileOf(`{"inputs":[["x",${nested}]],"nodes":[],"outputs":[["y","x"]]}`), 'graph'],
    ['objects nested 4,100 deep', () => fileOf(`${'{"a":'.repeat(4100)}1${'}'.repeat(4100)}`), 'graph'],
    ['nesting that never ends', () => fileOf('['.repeat(3_000_000)), 'graph'],
    ['a node named by 8 million characters', () => fileOfNodes([[long, 'toFloat']]), 'graph.nodes[0].name'],
    ['an op named by 8 million characters', () => fileOfNodes([['n', long]]), 'graph.nodes[0].op'],
    ['an attribute of 8 million characters', () => fileOfNodes([['n', 'activation', { function: long }]]), "graph.nodes['n']"],
    ['an attribute of a million numbers', () => fileOfNodes([['n', 'mean', { axes: Array(1e6).fill(0) }]]), "graph.nodes['n']"],
    ['an unknown attribute of 8 million characters', () => fileOfNodes([['n', 'toFloat', { [long]: 1 }]]), "graph.nodes['n']"],
    [
      `a shape of ${MOST_AXES + 1} axes`,
      () => fileOfNodes([['n', 'reshape', { shape: [16, ...Array(MOST_AXES).fill(1)] }]]),
      "graph.nodes['n']",
    ],
    [
      'an input of 100,000 axes, and their mean',
      () => fileOf(`{"inputs":[["x",[${Array(100_000).fill(1)}]]],"nodes":[["n","mean",{"axes":[0]}]],"outputs":[["y","n"]]}`),
      'graph.inputs[0].shape',
    ],
    ['an attribute above 32 bits', () => fileOfNodes([['n', 'maxPool', { size: [2 ** 32, 1] }]]), "graph.nodes['n']"],
    [
      'a value above 2^31 elements',
      () => fileOfNodes([['n', 'pad', { padding: [0, 0, 0, LARGEST_INTEGER] }]]),
      "graph.nodes['n']",
    ],
    ['a string that never ends', () => fileOf(`{"inputs":"${long}`), 'graph'],
    ['a string of backslashes', () => fileOf(`{"inputs":"${'\\\\'.repeat(4_000_000)}"}`), 'graph.inputs'],
    ['many quoted quotes', () => fileOf(`{"inputs":"${'\\"'.repeat(4_000_000)}"}`), 'graph.inputs'],
  ])('%s', (_, file, field) => {
    const bytes = file()
    const start = performance.now()
    const error = failure(() => readModel(bytes))
    expect(ModelFormatError.isInstance(error), String(error).slice(0, 300)).toBe(true)
    expect((error as ModelFormatError).field).toBe(field)
    expect(error.message.length).toBeLessThan(10_000)
    // Every case takes far less, unless it hangs.
    expect(performance.now() - start).toBeLessThan(5000)
  })

  it('no program may state either', () => {
    expect(() => oneOp('reshape', { attributes: { shape: [4, 1, 1, 1, 1, 1, 1, 1, 1] } })).toThrow(GraphError)
    expect(() => oneOp('pad', { attributes: { padding: [0, 0, 0, LARGEST_INTEGER] } })).toThrow(/too large/)
    expect(() => oneOp('toFloat', { name: 'a'.repeat(LONGEST_NAME + 1) })).toThrow(/cannot name/)
  })

  it('but long metadata, which holds recipes and labels, is read', () => {
    const graph = { ...oneOp('toFloat', {}), metadata: { labels: '"\\'.repeat(2_000_000) } }
    expect(readModel(writeModel(graph)).metadata).toEqual(graph.metadata)
  })
})

describe('what a reader spends', () => {
  const costly: readonly (readonly [string, Graph, 'memory' | 'work'])[] = [
    ['a resize to 20,000 x 20,000', oneOp('resize', { attributes: { size: [20_000, 20_000] } }), 'memory'],
    ['a padding of 2^30 columns', oneOp('pad', { attributes: { padding: [0, 0, 0, 2 ** 28] } }), 'memory'],
    [
      'a transposed convolution of strides 20,000',
      oneOp('conv2dTranspose', {
        attributes: { strides: [20_000, 20_000] },
        tensors: { weights: floatTensor([1, 1, 1, 1], [1]) },
      }),
      'memory',
    ],
    [
      'a pool of 2^31 taps',
      oneOp('maxPool', {
        attributes: { size: [LARGEST_INTEGER, LARGEST_INTEGER], padding: [2 ** 30, 2 ** 30, 2 ** 30, 2 ** 30] },
      }),
      'work',
    ],
    [
      'an average pool of 2^31 taps',
      oneOp('averagePool', {
        attributes: { size: [LARGEST_INTEGER, LARGEST_INTEGER], padding: [2 ** 30, 2 ** 30, 2 ** 30, 2 ** 30] },
      }),
      'work',
    ],
  ]

  it.each(costly)('%s is refused by the limit, and read where the limit is raised', (_, graph, limit) => {
    const bytes = writeModel(graph)
    expect(bytes.length).toBeLessThan(1000)
    const error = failure(() => readModel(bytes))
    expect(LimitError.isInstance(error), String(error)).toBe(true)
    expect((error as LimitError).limit).toBe(limit)
    expect(readModel(bytes, { memory: Infinity, work: Infinity }).nodes).toEqual(graph.nodes)
  })

  it('sums the work of many nodes, and names the one at which it is passed', () => {
    const builder = new GraphBuilder()
    let value = builder.input('x', [64, 64, 16])
    for (let i = 0; i < 10; i++) value = builder.node('toFloat', { name: `n${i}`, inputs: [value] })
    builder.output('y', value)
    const bytes = writeModel(builder.build())
    expect(() => readModel(bytes, { work: 7 * 65536 })).toThrow(/limit 'work' at node 'n7'.*458,752 operations/)
    expect(readModel(bytes, { work: 10 * 65536 }).nodes.length).toBe(10)
    expect(() => readModel(bytes, { memory: 2 * 4 * 65536 - 1 })).toThrow(/limit 'memory'/)
    expect(readModel(bytes, { memory: 2 * 4 * 65536 }).nodes.length).toBe(10)
  })

  it('counts a bit as a byte, as a reader may hold it', () => {
    const builder = new GraphBuilder()
    builder.input('x', [1000])
    builder.output('y', builder.node('threshold', { inputs: ['x'], tensors: plainSign() }))
    const bytes = writeModel(builder.build())
    expect(() => readModel(bytes, { memory: 4999 })).toThrow(/received 5,000/i)
    expect(readModel(bytes, { memory: 5000 }).nodes.length).toBe(1)
  })

  it('bounds the nodes and the bytes of the file', () => {
    expect(() => readModel(chain(386_000))).toThrow(/limit 'nodes'.*20,000 nodes.*386,000/)
    expect(readModel(chain(386_000), { nodes: 400_000 }).nodes.length).toBe(386_000)
    const bytes = chain(10)
    expect(() => readModel(bytes, { fileBytes: bytes.length - 1 })).toThrow(/limit 'fileBytes'/)
  })
})

describe('many parts take as long a part as few', () => {
  /** Many inputs, none of which but the first is read. */
  const inputs = (count: number): Uint8Array => {
    const each = Array.from({ length: count }, (_, index) => [`x${index}`, [1]])
    return fileOf(JSON.stringify({ inputs: each, nodes: [['n', 'toFloat', { inputs: ['x0'] }]], outputs: [['y', 'n']] }))
  }
  const outputs = (count: number): Uint8Array => {
    const each = Array.from({ length: count }, (_, index) => [`y${index}`, 'n'])
    return fileOf(JSON.stringify({ inputs: [['x', [1]]], nodes: [['n', 'toFloat']], outputs: each }))
  }
  const sharing = (count: number): Uint8Array => {
    const builder = new GraphBuilder()
    const x = builder.input('x', [1, 1, 1])
    builder.output('y', builder.node('conv2d', { inputs: [x], tensors: { weights: floatTensor([1, 1, 1, 1], [1]) } }))
    const { nodes, ...graph } = builder.build()
    const chain = Array.from({ length: count }, (_, index) => ({
      ...nodes[0],
      name: `c${index}`,
      inputs: [index === 0 ? x : `c${index - 1}`],
    }))
    return writeModel({ ...graph, nodes: chain, outputs: [{ name: 'y', value: `c${count - 1}` }] })
  }

  it.each<[string, (count: number) => Uint8Array, number]>([
    ['100,000 inputs', inputs, 100_000],
    ['100,000 outputs', outputs, 100_000],
    ['20,000 convolutions that share a tensor', sharing, 20_000],
    ['a chain of 20,000 nodes', chain, 20_000],
  ])('%s', (_, fileOfCount, count) => {
    const secondsOf = (bytes: Uint8Array): number => {
      const start = performance.now()
      readModel(bytes)
      return performance.now() - start
    }
    const few = fileOfCount(count / 8)
    const many = fileOfCount(count)
    const least = Math.min(secondsOf(few), secondsOf(few), secondsOf(few))
    // There are 8 times the parts. A search through all of them for each would take 64 times as long.
    expect(Math.min(secondsOf(many), secondsOf(many))).toBeLessThan(32 * least)
  })
})

describe('the reference backend', () => {
  it('runs the longest chain there may be', async () => {
    const executable = await reference.compile(readModel(chain(20_000)))
    const { y } = await executable.run({ x: new Float32Array(16).fill(2) })
    expect(y).toEqual(new Float32Array(16).fill(2))
  })

  it.each([
    ['rows', [2 ** 17, 1] as const],
    ['columns', [1, 2 ** 17] as const],
  ])('takes only the taps of a transposed convolution that reach an output: %s', async (_, [height, width]) => {
    const count = height * width
    const data = Float32Array.from({ length: count }, (_, index) => index % 1000)
    const weights = floatTensor([height, width, 1, 1], data)
    const graph = { ...oneOp('conv2dTranspose', { attributes: { strides: [height, width] }, tensors: { weights } }) }
    const { y } = await (await reference.compile(graph)).run({ x: Float32Array.of(1, 2, 3, 4) })
    expect(y).toHaveLength(4 * count)
    const along =
      width === 1 ? [y[0], y[2 * 7], y[2 * (count + 7)], y[2 * (count + 7) + 1]] : [y[0], y[7], y[count + 7], y[2 * count + 7]]
    expect(along).toEqual(width === 1 ? [0, 7, 21, 28] : [0, 7, 14, 21])
  })

  it('takes only the taps of a window that lie inside', async () => {
    const large = { size: [LARGEST_INTEGER, LARGEST_INTEGER] as const, padding: [2 ** 30, 2 ** 30, 2 ** 30, 2 ** 30] as const }
    for (const [op, expected] of [
      ['maxPool', 4],
      ['averagePool', 2.5],
    ] as const) {
      const executable = await reference.compile(oneOp(op, { attributes: large }))
      const { y } = await executable.run({ x: Float32Array.of(1, 2, 3, 4) })
      expect(new Set(y)).toEqual(new Set([expected]))
    }
  })
})
