import { OptionError } from '@onebit/core'
import { expect, test } from 'vitest'
import { normalizedPixels, writeNormalized } from './normalization.ts'

test('one mean for all channels, or one a channel', () => {
  const pixels = Uint8Array.of(0, 51, 255, 102, 51, 0)
  const floats = new Float32Array(7)
  writeNormalized(pixels, normalizedPixels({ mean: 0.2, standardDeviation: 0.5 }, 3), 3, floats, 1)
  for (const [index, value] of [0, -0.4, 0, 1.6, 0.4, 0, -0.4].entries()) expect(floats[index]).toBeCloseTo(value, 6)
  writeNormalized(pixels, normalizedPixels({ mean: [0, 0.2, 1], standardDeviation: [1, 0.5, 2] }, 3), 3, floats, 0)
  for (const [index, value] of [0, 0, 0, 0.4, 0, -0.5].entries()) expect(floats[index]).toBeCloseTo(value, 6)
})

test.each([
  { mean: [0, 0], standardDeviation: [1, 1] },
  { mean: Number.NaN, standardDeviation: 1 },
  { mean: [0, 0, 0], standardDeviation: [1, 0, 1] },
  { mean: 0, standardDeviation: Number.POSITIVE_INFINITY },
])('refuses %o for three channels', (normalization) => {
  expect(() => normalizedPixels(normalization as { mean: number; standardDeviation: number }, 3)).toThrow(OptionError)
})
