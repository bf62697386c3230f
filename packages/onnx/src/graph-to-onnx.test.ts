import { type Graph, GraphBuilder, GraphError, type GraphTensor, packSigns, reference } from '@onebit/core'
import * as onnxruntime from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { encodeOnnx } from './encode-onnx.ts'
import { graphToOnnx, type OnnxOptions } from './graph-to-onnx.ts'

let state = 7
function uniform(): number {
  state = (state * 48_271) % 2_147_483_647
  return (state / 2_147_483_647 - 0.5) * 2
}
const values = (count: number): Float32Array => Float32Array.from({ length: count }, uniform)
const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)
const float = (...shape: number[]): GraphTensor => ({ dtype: 'float32', shape, data: values(size(shape)) })
const bits = (...shape: number[]): GraphTensor => ({ dtype: 'bit', shape, data: packSigns(values(size(shape))) })

/** Every op there is a lowering for, with uneven padding, groups, several thresholds, broadcasts and both kinds of weights. */
function everyOp(): Graph {
  const builder = new GraphBuilder()
  const image = builder.input('image', [9, 8, 4])
  const padding = [1, 0, 0, 1] as const
  const node = builder.node.bind(builder)
  const conv = node('conv2d', {
    inputs: [image],
    attributes: { padding, groups: 2 },
    tensors: { weights: float(2, 2, 2, 6), bias: float(6) },
  })
  const norm = node('affine', { inputs: [conv], tensors: { scale: float(6), shift: float(6) } })
  const thresholds: GraphTensor = { dtype: 'float32', shape: [1, 3], data: Float32Array.of(-0.4, 0.1, 0.7) }
  const signs = node('threshold', { inputs: [norm], tensors: { thresholds, first: bits(6) } })
  const outside = (paddingValue: 'zero' | 'one' | 'minus-one'): string =>
    node('binaryConv2d', {
      inputs: [signs],
      attributes: { padding, paddingValue, strides: [2, 2] },
      tensors: { weights: bits(5, 3, 3, 6) },
    })
  const sums = (['zero', 'one', 'minus-one'] as const).map((value) => node('toFloat', { inputs: [outside(value)] }))
  const joined = node('concat', { inputs: sums, attributes: { axis: 2 } })
  const mixed = node('conv2d', {
    inputs: [joined],
    attributes: { dilations: [2, 2], padding: [1, 1, 1, 1] },
    tensors: { weights: bits(4, 2, 2, 15) },
  })
  const prelu = node('prelu', { inputs: [mixed], tensors: { slope: float(4) } })
  const functions = [
    'relu',
    'sigmoid',
    'tanh',
    'softplus',
    'softsign',
    'swish',
    'hard-sigmoid',
    'hard-swish',
    'absolute',
  ] as const
  const active = functions
    .map((name) => node('activation', { inputs: [prelu], attributes: { function: name } }))
    .reduce((sum, value) => node('add', { inputs: [sum, value] }))
  const rows = node('mean', { inputs: [active], attributes: { axes: [1], keepDimensions: true } })
  const gated = node('multiply', { inputs: [active, rows] })
  const perChannel = node('mean', { inputs: [gated], attributes: { axes: [1, 0] } })
  const centered = node('add', { inputs: [perChannel, gated] })
  const clipped = node('clip', { inputs: [centered], attributes: { minimum: -5, maximum: 5 } })
  const padded = node('pad', { inputs: [clipped], attributes: { padding: [0, 1, 1, 0], value: 0.5 } })
  const largest = node('maxPool', { inputs: [padded], attributes: { size: [2, 2], strides: [1, 1], padding } })
  const average = node('averagePool', { inputs: [largest], attributes: { size: [2, 2], strides: [2, 2], padding: [0, 1, 0, 1] } })
  const counted = node('averagePool', { inputs: [average], attributes: { size: [2, 2], padding, countPadding: true } })
  const mapped = node('dense', { inputs: [counted], tensors: { weights: bits(3, 4), bias: float(3) } })
  const flat = node('reshape', { inputs: [mapped], attributes: { shape: [size(builder.type(mapped).shape)] } })
  const decided = node('threshold', { inputs: [flat], tensors: { thresholds: float(1, 1), first: bits(1) } })
  const width = builder.type(decided).shape[0]
  const voted = node('toFloat', { inputs: [node('binaryDense', { inputs: [decided], tensors: { weights: bits(12, width) } })] })
  const shaped = node('reshape', { inputs: [voted], attributes: { shape: [2, 2, 3] } })
  const channels = node('mean', { inputs: [shaped], attributes: { axes: [0] } })
  const logits = node('dense', { inputs: [flat], tensors: { weights: float(width, 3), bias: float(3) } })
  builder.output('scores', node('softmax', { inputs: [logits] }))
  builder.output('map', node('softmax', { inputs: [mapped] }))
  builder.output('channels', channels)
  builder.output('voted', voted)
  builder.output(prelu, gated)
  return builder.build()
}

async function runOnnx(graph: Graph, image: Float32Array, shape: readonly number[], options?: OnnxOptions) {
  const session = await onnxruntime.InferenceSession.create(encodeOnnx(graphToOnnx(graph, options)))
  const results = await session.run({ image: new onnxruntime.Tensor('float32', image, shape) })
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]))
}

function expectClose(received: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(received.length).toBe(expected.length)
  const largest = Math.max(...Array.from(expected, Math.abs))
  const difference = Math.max(...Array.from(expected, (value, index) => Math.abs(value - received[index])))
  // Float32 sums in another order.
  expect(difference / largest).toBeLessThan(1e-5)
}

describe('graphToOnnx', () => {
  it('computes in onnxruntime what the reference does, op by op, for a batch', async () => {
    const graph = everyOp()
    const image = values(3 * 9 * 8 * 4)
    const expected = await (await reference.compile(graph)).run({ image })
    const received = await runOnnx(graph, image, [3, 9, 8, 4])
    expect(Object.keys(received).sort()).toEqual(Object.keys(expected).sort())
    for (const [name, result] of Object.entries(expected)) expectClose(received[name], result)
  })

  it('takes and gives images channels first if asked', async () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [2, 3, 2])
    builder.output('same', builder.node('activation', { inputs: [image], attributes: { function: 'absolute' } }))
    const graph = builder.build()
    expect(graphToOnnx(graph, { layout: 'channels-first' }).outputs).toEqual([{ name: 'same', shape: [2, 2, 3] }])
    const channelsFirst = values(12)
    const { same } = await runOnnx(graph, channelsFirst, [1, 2, 2, 3], { layout: 'channels-first' })
    expect(same).toEqual(channelsFirst.map(Math.abs))
  })

  it('names the node whose op it cannot write', () => {
    const builder = new GraphBuilder()
    const image = builder.input('image', [2, 2, 1])
    builder.output('large', builder.node('resize', { name: 'up', inputs: [image], attributes: { size: [4, 4] } }))
    expect(() => graphToOnnx(builder.build())).toThrow(GraphError)
    expect(() => graphToOnnx(builder.build())).toThrow(/'up'.*'resize'/)
  })
})
