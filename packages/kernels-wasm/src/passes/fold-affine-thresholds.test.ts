import { type Graph, GraphBuilder } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { foldAffineThresholds } from './fold-affine-thresholds.ts'

/** Two affines on accumulators: one feeds a threshold alone, the other is an output as well. */
function graph(): Graph {
  const float = (...data: number[]) => ({ dtype: 'float32', shape: [data.length], data: Float32Array.from(data) }) as const
  const bits = (shape: readonly number[], ...data: number[]) => ({ dtype: 'bit', shape, data: Uint8Array.from(data) }) as const
  const sign = { thresholds: { dtype: 'float32', shape: [1, 1], data: Float32Array.of(0) }, first: bits([1], 0) } as const
  const builder = new GraphBuilder()
  const input = builder.node('threshold', { name: 'in', inputs: [builder.input('x', [8])], tensors: sign })
  const sum = builder.node('binaryDense', { name: 'sum', inputs: [input], tensors: { weights: bits([2, 8], 0xa5, 0x3c) } })
  for (const name of ['alone', 'shared']) {
    const affine = builder.node('affine', { name, inputs: [sum], tensors: { scale: float(0.5, -0.25), shift: float(0.3, 0.1) } })
    builder.output(`${name}.bits`, builder.node('threshold', { name: `${name}.sign`, inputs: [affine], tensors: sign }))
  }
  builder.output('real', 'shared')
  return builder.build()
}

describe('foldAffineThresholds', () => {
  it('takes in the affine that only a threshold reads, and says where it went', () => {
    const { graph: folded, absorbed } = foldAffineThresholds(graph())
    expect([...absorbed]).toEqual([['alone', 'alone.sign']])
    expect(folded.nodes.map(({ name }) => name)).toEqual(['in', 'sum', 'alone.sign', 'shared', 'shared.sign'])
    expect(folded.nodes.find(({ name }) => name === 'alone.sign')!.inputs).toEqual(['sum'])
  })
})
