import { elementCount, type Graph, GraphBuilder, GraphError, type GraphTensor, OP_NAMES, reference } from '@onebit/core'
import * as onnxruntime from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { drawnValues, GRAPHS } from '../../../test/every-op.ts'
import { onnxFaults } from '../../../test/onnx-faults.ts'
import { encodeOnnx } from './encode-onnx.ts'
import { graphToOnnx, type OnnxOptions } from './graph-to-onnx.ts'
import type { OnnxModel } from './onnx-model.ts'

async function runOnnx(graph: Graph, image: Float32Array, shape: readonly number[], options?: OnnxOptions) {
  const session = await onnxruntime.InferenceSession.create(encodeOnnx(graphToOnnx(graph, options)))
  const results = await session.run({ image: new onnxruntime.Tensor('float32', image, shape) })
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]))
}

function expectClose(received: ArrayLike<number>, expected: ArrayLike<number>, name?: string): void {
  expect(received.length).toBe(expected.length)
  const largest = Math.max(...Array.from(expected, Math.abs))
  const difference = Math.max(...Array.from(expected, (value, index) => Math.abs(value - received[index])))
  // The tolerance allows float32 sums in another order.
  expect(difference / largest, name).toBeLessThan(1e-5)
}

describe('graphToOnnx', () => {
  it('is tried on every op of the format', () => {
    const tried = Object.values(GRAPHS).flatMap((graphOf) => graphOf().nodes.map(({ op }) => op))
    expect([...new Set(tried)].sort()).toEqual([...OP_NAMES].sort())
  })

  it.each(Object.entries(GRAPHS))('computes in onnxruntime what the reference does, for a batch: %s', async (_, graphOf) => {
    const graph = graphOf()
    const [{ shape }] = graph.inputs
    const image = drawnValues(3 * elementCount(shape))
    const expected = await (await reference.compile(graph)).run({ image })
    const received = await runOnnx(graph, image, [3, ...shape])
    expect(Object.keys(received).sort()).toEqual(Object.keys(expected).sort())
    for (const [name, result] of Object.entries(expected)) expectClose(received[name], result, name)
  })

  it('pads each side by its own number, and compares each channel with its own thresholds', async () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [4, 5, 2])
    const floats = (shape: readonly number[], data = drawnValues(elementCount(shape))): GraphTensor => {
      return { dtype: 'float32', shape, data: Float32Array.from(data) }
    }
    const tensors = { weights: floats([4, 4, 2, 3]) }
    builder.output('conv', builder.node('conv2d', { inputs: [image], attributes: { padding: [0, 1, 2, 3] }, tensors }))
    const pool = { size: [4, 4], padding: [3, 2, 0, 1] } as const
    builder.output('max', builder.node('maxPool', { inputs: [image], attributes: pool }))
    builder.output('average', builder.node('averagePool', { inputs: [image], attributes: pool }))
    const first: GraphTensor = { dtype: 'bit', shape: [2], data: Uint8Array.of(0b01) }
    const thresholds = floats([2, 3], Float32Array.of(-0.5, 0, 0.25, -0.75, -0.25, 0.5))
    const bits = builder.node('threshold', { inputs: [image], tensors: { thresholds, first } })
    builder.output('signs', builder.node('toFloat', { inputs: [bits] }))
    const graph = builder.build()
    // Values from -1 to 1, so that some lie between any two thresholds.
    const values = Float32Array.from({ length: 40 }, (_, index) => (index - 20) / 20)
    const expected = await (await reference.compile(graph)).run({ image: values })
    const received = await runOnnx(graph, values, [1, 4, 5, 2])
    for (const [name, result] of Object.entries(expected)) expectClose(received[name], result, name)
  })

  it('takes and gives images channels first if asked', async () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [2, 3, 2])
    builder.output('same', builder.node('activation', { inputs: [image], attributes: { function: 'absolute' } }))
    const graph = builder.build()
    expect(graphToOnnx(graph, { layout: 'channels-first' }).outputs).toEqual([{ name: 'same', shape: [2, 2, 3] }])
    const channelsFirst = drawnValues(12)
    const { same } = await runOnnx(graph, channelsFirst, [1, 2, 2, 3], { layout: 'channels-first' })
    expect(same).toEqual(channelsFirst.map(Math.abs))
  })

  it('tells names apart that would meet: of inputs, outputs, nodes, tensors and operators', async () => {
    const builder = new GraphBuilder()
    const scale: GraphTensor = { dtype: 'float32', shape: [1], data: Float32Array.of(2) }
    const image = builder.input('image', [2])
    const other = builder.input('node:conv', [2])
    const third = builder.input('Mul', [2])
    const affine = { tensors: { scale, shift: scale } }
    const first = builder.node('affine', { name: 'conv', inputs: [image], ...affine })
    const second = builder.node('affine', { name: 'conv.scale', inputs: [first], ...affine })
    const sum = builder.node('add', { name: 'Add', inputs: [second, other] })
    builder.output('conv', builder.node('add', { name: 'conv.scale.scale', inputs: [sum, third] }))
    builder.output('node:Add', second)
    const graph = builder.build()
    const model = graphToOnnx(graph)
    expect(onnxFaults(model)).toEqual([])
    const session = await onnxruntime.InferenceSession.create(encodeOnnx(model))
    const feed = (value: number) => new onnxruntime.Tensor('float32', Float32Array.of(value, value), [1, 2])
    const results = await session.run({ image: feed(1), 'node:conv': feed(10), Mul: feed(100) })
    expect(Array.from(results.conv.data as Float32Array)).toEqual([120, 120])
    expect(Array.from(results['node:Add'].data as Float32Array)).toEqual([10, 10])
  })

  it('refuses options that it does not have', () => {
    const graph = GRAPHS.resizing()
    expect(() => graphToOnnx(graph, { layuot: 'channels-first' } as never)).toThrow(/no option 'layuot'/)
    expect(() => graphToOnnx(graph, { layout: 'NCHW' } as never)).toThrow(/'channels-last' or 'channels-first', received "NCHW"/)
  })

  it('refuses an output named as an input', () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [2])
    builder.output('image', builder.node('activation', { inputs: [image], attributes: { function: 'relu' } }))
    const graph = builder.build()
    expect(() => graphToOnnx(graph)).toThrow(GraphError)
    expect(() => graphToOnnx(graph)).toThrow(/input and an output named 'image'/)
  })
})

describe("the checker's rules", () => {
  it.each(Object.entries(GRAPHS))('hold for %s, in both layouts', (_, graphOf) => {
    for (const layout of ['channels-last', 'channels-first'] as const)
      expect(onnxFaults(graphToOnnx(graphOf(), { layout }))).toEqual([])
  })

  it('find what is wrong', () => {
    const node = { op: 'Relu', inputs: ['x'], outputs: ['y'], attributes: {} }
    const model: OnnxModel = {
      inputs: [{ name: 'x', shape: [1] }],
      outputs: [{ name: 'y', shape: [1] }],
      nodes: [node],
      constants: new Map(),
    }
    expect(onnxFaults(model)).toEqual([])
    expect(onnxFaults({ ...model, nodes: [node, node] })).toEqual(["'y' is there twice"])
    expect(onnxFaults({ ...model, nodes: [{ ...node, inputs: ['z'] }] })).toEqual([
      "Relu reads 'z', which is not there before it",
    ])
    expect(onnxFaults({ ...model, outputs: [{ name: 'z', shape: [1] }] })).toEqual(["the output 'z' is not there"])
    expect(onnxFaults({ ...model, nodes: [{ ...node, op: 'Rleu' }] })).toEqual(["there is no operator 'Rleu'"])
    expect(onnxFaults({ ...model, nodes: [{ ...node, attributes: { alpha: { float: 1 } } }] })).toEqual([
      "Relu has no attribute 'alpha' of kind float",
    ])
    expect(onnxFaults({ ...model, nodes: [{ ...node, inputs: ['x', 'x'] }] })).toEqual(['Relu has 2 inputs'])
  })
})
