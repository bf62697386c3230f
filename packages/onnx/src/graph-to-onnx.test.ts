import { type Graph, GraphBuilder, GraphError, reference } from '@onebit/core'
import * as onnxruntime from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { drawnValues, everyClassifierOp, withoutTwin } from '../../../test/every-classifier-op.ts'
import { encodeOnnx } from './encode-onnx.ts'
import { graphToOnnx, type OnnxOptions } from './graph-to-onnx.ts'

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
    const graph = everyClassifierOp()
    const image = drawnValues(3 * 9 * 8 * 4)
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
    const channelsFirst = drawnValues(12)
    const { same } = await runOnnx(graph, channelsFirst, [1, 2, 2, 3], { layout: 'channels-first' })
    expect(same).toEqual(channelsFirst.map(Math.abs))
  })

  it('names the node whose op it cannot write', () => {
    expect(() => graphToOnnx(withoutTwin())).toThrow(GraphError)
    expect(() => graphToOnnx(withoutTwin())).toThrow(/'up'.*'resize'/)
  })
})
