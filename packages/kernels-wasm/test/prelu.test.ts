import { reference } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { backend, firstDifference, singleNode } from './compare.ts'

const VALUES = [0, -0, 1, -1, 1e-45, -1e-45, -3e38, Infinity, -Infinity, Number.NaN, 0.3]

describe('prelu', () => {
  it.each([
    ['at most 1', [0.25, -0.5, 1, 1e-45, -Infinity, -3, -1e-45]],
    ['of any kind', [0, -0, 2, Infinity, Number.NaN, 0.25, -Infinity]],
  ])('of slopes %s equals the reference bit for bit on zeros, infinities and NaN', async (_, slopes) => {
    const tensors = { slope: { dtype: 'float32', shape: [slopes.length], data: Float32Array.from(slopes) } } as const
    const graph = singleNode({ op: 'prelu', inputs: [[VALUES.length, slopes.length]], tensors })
    const inputs = { input0: Float32Array.from(VALUES.flatMap((value) => slopes.map(() => value))) }
    const [expected, actual] = await Promise.all(
      [reference, backend].map(async (engine) => (await engine.compile(graph)).run(inputs, { validate: false })),
    )
    expect(firstDifference(actual.output, expected.output)).toBeUndefined()
  })
})
