import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { INT8, INT16, MOST_PRODUCTS, quantizeWeights, weightSums } from './integer-weights.ts'

it('has the levels that dot products take: 7 bits without a sign, and 13 beside 16', () => {
  expect(INT8).toEqual({ highestLevel: 127, largestWeight: 127 })
  expect(INT16).toEqual({ highestLevel: 8191, largestWeight: 32767 })
})

describe('quantizeWeights', () => {
  it.each([
    ['int16', INT16],
    ['int8', INT8],
  ])('of %s leaves no sum that could overflow', (_name, format) => {
    const random = new Random(SEED, SOME_SPECIAL)
    for (const channels of [1, 3, 147, 1000, MOST_PRODUCTS]) {
      // If all weights have one size, the sum sets the scale, not the largest weight.
      for (const values of [random.floats(2 * channels), new Float32Array(2 * channels).fill(1.7)]) {
        const kernel = quantizeWeights({ values, taps: 1, channels, outputs: 2 }, format)
        for (let output = 0; output < 2; output++) {
          const magnitudes = kernel.values.filter((_, i) => i % 2 === output).map(Math.abs)
          expect(Math.max(...magnitudes)).toBeLessThanOrEqual(format.largestWeight)
          const sum = magnitudes.reduce((total, magnitude) => total + magnitude, 0)
          expect(sum * format.highestLevel).toBeLessThan(2 ** 31)
        }
      }
    }
  })

  it('has a scale per output, and one for zeros', () => {
    const kernel = quantizeWeights({ values: Float32Array.of(127, 0, -254, 0, 63.5, 0), taps: 3, channels: 1, outputs: 2 }, INT8)
    expect([...kernel.values]).toEqual([64, 0, -127, 0, 32, 0])
    expect(kernel.scales[0]).toBe(2)
    expect(kernel.scales[1]).toBeGreaterThan(0)
    expect([...weightSums(kernel)]).toEqual([-31, 0])
  })
})
