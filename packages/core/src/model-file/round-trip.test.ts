import { createHash } from 'node:crypto'
import { bitTensor, floatTensor, plainSign, Random, randomGraph, randomInputs, SEED } from '@onebit/testkit/random'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GraphError } from '../errors.ts'
import type { Graph, GraphTensor } from '../graph/graph.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { OPS } from '../graph/ops/index.ts'
import { reference } from '../reference/reference-backend.ts'
import { readModel } from './read-model.ts'
import { plainSha256, sha256 } from './sha256.ts'
import { modelFileSize, writeModel } from './write-model.ts'

describe('sha256', () => {
  it('agrees with Node around block borders, in any chunks', () => {
    const random = new Random(SEED)
    for (const length of [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000]) {
      const bytes = Uint8Array.from({ length }, () => random.integer(0, 255))
      const expected = createHash('sha256').update(bytes).digest('hex')
      const cut = random.integer(0, length)
      const message = `length ${length} cut at ${cut}, ONEBIT_SEED=${SEED}`
      for (const hash of [sha256, plainSha256]) {
        expect(hash(bytes), message).toBe(expected)
        expect(hash(bytes.subarray(0, cut), bytes.subarray(cut)), message).toBe(expected)
        expect(hash(...Array.from(bytes, (byte) => Uint8Array.of(byte))), message).toBe(expected)
      }
    }
  })
})

/** The graph with tensors in place of their names, because sharing may rename them. */
function resolved(graph: Graph) {
  const tensor = ({ dtype, shape, data }: GraphTensor) => ({ dtype, shape, data })
  return {
    ...graph,
    tensors: undefined,
    nodes: graph.nodes.map((node) => ({
      ...node,
      tensors: Object.fromEntries(Object.entries(node.tensors).map(([role, name]) => [role, tensor(graph.tensors.get(name)!)])),
    })),
  }
}

describe('a graph written and read', () => {
  it('may be described in megabytes', () => {
    const builder = new GraphBuilder()
    builder.output('y', builder.node('softmax', { inputs: [builder.input('x', [2])] }))
    builder.metadata({ long: '"quoted" \\ '.repeat(500_000) })
    const graph = builder.build()
    expect(readModel(writeModel(graph)).metadata).toEqual(graph.metadata)
  })

  it('keeps inputs of bits', () => {
    const builder = new GraphBuilder()
    builder.input('real', [3])
    builder.output('y', builder.node('toFloat', { inputs: [builder.input('bits', [2, 3], 'bit')] }))
    const graph = builder.build()
    expect(readModel(writeModel(graph)).inputs).toEqual([
      { name: 'real', shape: [3] },
      { name: 'bits', shape: [2, 3], dtype: 'bit' },
    ])
  })

  it('is the same graph, to the bit, and the same file again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), async (seed) => {
        const random = new Random(seed)
        const graph = randomGraph(random)
        const bytes = writeModel(graph)
        const read = readModel(bytes)
        expect(resolved(read)).toEqual(resolved(graph))
        expect(writeModel(read)).toEqual(bytes)
        expect(modelFileSize(graph)).toBe(bytes.length)
        const inputs = randomInputs(random, graph, 2)
        const outputs = async (of: Graph) => (await reference.compile(of)).run(inputs)
        expect(await outputs(read)).toEqual(await outputs(graph))
      }),
      { seed: SEED, numRuns: 100 },
    )
  })

  it('is read from bytes at any offset', () => {
    const graph = randomGraph(new Random(5))
    const bytes = writeModel(graph)
    const moved = new Uint8Array(bytes.length + 3)
    moved.set(bytes, 3)
    expect(readModel(moved.subarray(3))).toEqual(readModel(bytes))
  })

  it('is read from a Node Buffer, and does not share its memory', () => {
    const bytes = writeModel(randomGraph(new Random(5)))
    const buffer = Buffer.from(bytes)
    const read = readModel(buffer)
    buffer.fill(0)
    expect(read).toEqual(readModel(bytes))
  })
})

describe('the file', () => {
  const builder = new GraphBuilder()
  builder.input('x', [4, 4, 8])
  builder.node('threshold', { name: 'sign1', inputs: ['x'], tensors: plainSign() })
  builder.node('binaryConv2d', {
    name: 'conv',
    inputs: ['sign1'],
    attributes: { padding: [1, 1, 1, 1] },
    tensors: { weights: bitTensor([8, 3, 3, 8], new Float32Array(576)) },
  })
  builder.node('toFloat', { name: 'float', inputs: ['conv'] })
  builder.node('threshold', { name: 'sign2', inputs: ['float'], tensors: plainSign() })
  builder.output('bits', 'sign2')
  const bytes = writeModel(builder.build())
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerLength)))
  const graph = JSON.parse(header.__metadata__.graph)

  it('is safetensors, aligned to 8 bytes, floats first', () => {
    expect(headerLength % 8).toBe(0)
    const { __metadata__, ...tensors } = header
    expect(tensors).toEqual({
      'sign1.thresholds': { dtype: 'F32', shape: [1, 1], data_offsets: [0, 4] },
      'sign1.first': { dtype: 'U8', shape: [1], data_offsets: [4, 5] },
      'conv.weights': { dtype: 'U8', shape: [8, 3, 3, 1], data_offsets: [5, 77] },
    })
    expect(__metadata__).toMatchObject({ format: 'onebit', version: '1', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it('leaves out what a reader knows, and stores equal small tensors once', () => {
    expect(graph).toEqual({
      inputs: [['x', [4, 4, 8]]],
      nodes: [
        ['sign1', 'threshold'],
        ['conv', 'binaryConv2d', { padding: [1, 1, 1, 1] }],
        ['float', 'toFloat'],
        ['sign2', 'threshold', { tensors: { thresholds: 'sign1.thresholds', first: 'sign1.first' } }],
      ],
      outputs: [['bits', 'sign2']],
      bits: { 'sign1.first': [1] },
    })
  })

  it('can tell attributes from inputs and tensors', () => {
    for (const { attributes } of Object.values(OPS)) expect(Object.keys(attributes)).not.toContain('inputs')
    for (const { attributes } of Object.values(OPS)) expect(Object.keys(attributes)).not.toContain('tensors')
  })

  it("keeps a node without a bias apart from another's tensor of that name", () => {
    const tricky = new GraphBuilder()
    tricky.input('x', [1])
    const large = floatTensor([1, 40], new Float32Array(40).fill(1))
    const bias = floatTensor([40], new Float32Array(40).fill(2))
    tricky.node('dense', { name: 'a', inputs: ['x'], tensors: { weights: large, bias } })
    tricky.node('dense', { name: 'b', inputs: ['x'], tensors: { weights: 'a.weights' } })
    tricky.output('y', 'b')
    const built = tricky.build()
    const renamed: Graph = {
      ...built,
      nodes: [{ ...built.nodes[0], tensors: { weights: 'a.weights', bias: 'b.bias' } } as Graph['nodes'][0], built.nodes[1]],
      tensors: new Map([...built.tensors].map(([name, tensor]) => [name === 'a.bias' ? 'b.bias' : name, tensor])),
    }
    expect(readModel(writeModel(renamed)).nodes[1].tensors).toEqual({ weights: 'a.weights' })
  })
})

describe('writeModel refuses', () => {
  const withTensors = (thresholds: number[], scale: number): Graph => {
    const builder = new GraphBuilder()
    builder.input('x', [1])
    builder.node('affine', { inputs: ['x'], tensors: { scale: floatTensor([1], [scale]), shift: floatTensor([1], [0]) } })
    const tensors = { thresholds: floatTensor([1, thresholds.length], thresholds), first: bitTensor([1], [1]) }
    builder.output('y', builder.node('threshold', { inputs: ['affine1'], tensors }))
    return builder.build()
  }
  it.each([
    ['a NaN', withTensors([0], Number.NaN), 'affine1.scale'],
    ['an infinite weight', withTensors([0], Number.POSITIVE_INFINITY), 'affine1.scale'],
    ['a NaN threshold', withTensors([Number.NaN], 1), 'threshold1.thresholds'],
    ['unsorted thresholds', withTensors([1, 0], 1), 'threshold1.thresholds'],
  ])('%s', (_, graph, tensor) => {
    expect(() => writeModel(graph)).toThrow(GraphError)
    expect(() => writeModel(graph)).toThrow(tensor)
  })

  it('but takes infinite thresholds', () => {
    const graph = withTensors([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY], 1)
    expect(readModel(writeModel(graph)).tensors.get('threshold1.thresholds')!.data).toEqual(
      Float32Array.of(-Infinity, 0, Infinity),
    )
  })
})
