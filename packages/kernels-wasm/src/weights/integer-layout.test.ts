import { describe, expect, it } from 'vitest'
import { layOutIntegers } from './integer-layout.ts'

describe('layOutIntegers', () => {
  it('puts the values of a step side by side', () => {
    const values = Int16Array.from({ length: 3 * 17 }, (_, i) => i)
    const kernel = { values, scales: new Float32Array(17), depth: 3, outputs: 17 }
    const pairs = layOutIntegers(kernel, Int16Array)
    expect(pairs).toHaveLength(2 * 2 * 16 * 2)
    // Outputs 0 and 1 of the first step, then of the second, which has one value; output 16 opens the next block.
    expect([...pairs.subarray(0, 4)]).toEqual([0, 17, 1, 18])
    expect([...pairs.subarray(32, 36)]).toEqual([34, 0, 35, 0])
    expect([...pairs.subarray(64, 68)]).toEqual([16, 33, 0, 0])
    expect([...layOutIntegers(kernel, Int8Array).subarray(0, 8)]).toEqual([0, 17, 34, 0, 1, 18, 35, 0])
  })
})
