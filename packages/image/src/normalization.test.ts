import { OptionError } from '@onebit/core'
import { expect, test } from 'vitest'
import { noise, picture } from '../test/pictures.ts'
import { denormalize, normalizationTable, normalize, UNIT_NORMALIZATION, writeNormalized } from './normalization.ts'

test('one mean for all channels, or one a channel', () => {
  const pixels = Uint8Array.of(0, 51, 255, 102, 51, 0)
  const floats = new Float32Array(7)
  writeNormalized(pixels, normalizationTable({ mean: 0.2, standardDeviation: 0.5 }, 3), 3, floats, 1)
  for (const [index, value] of [0, -0.4, 0, 1.6, 0.4, 0, -0.4].entries()) expect(floats[index]).toBeCloseTo(value, 6)
  writeNormalized(pixels, normalizationTable({ mean: [0, 0.2, 1], standardDeviation: [1, 0.5, 2] }, 3), 3, floats, 0)
  for (const [index, value] of [0, 0, 0, 0.4, 0, -0.5].entries()) expect(floats[index]).toBeCloseTo(value, 6)
})

test('is (pixel / 255 - mean) / deviation in float32, of any number of channels', () => {
  const normalization = { mean: 0.28604, standardDeviation: 0.35302 }
  for (const channels of [1, 3, 4] as const) {
    const source = noise(3, 5, channels)
    const expected = Float32Array.from(source.data, (pixel) => (pixel / 255 - 0.28604) / 0.35302)
    expect(normalize(source, normalization)).toEqual(expected)
  }
})

test.each([
  { mean: [0, 0], standardDeviation: [1, 1] },
  { mean: Number.NaN, standardDeviation: 1 },
  { mean: [0, 0, 0], standardDeviation: [1, 0, 1] },
  { mean: 0, standardDeviation: Number.POSITIVE_INFINITY },
])('refuses %o for three channels', (normalization) => {
  expect(() => normalizationTable(normalization, 3)).toThrow(OptionError)
})

test('there and back is the same picture', () => {
  const normalization = { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] }
  const source = picture(
    16,
    16,
    3,
    Uint8Array.from({ length: 768 }, (_, index) => index),
  )
  expect(denormalize(normalize(source, normalization), [16, 16, 3], normalization)).toEqual(source)
})

test('floats out of range are clamped, NaN is 0; of two channels the first is shown', () => {
  const { data } = denormalize([-1, 0.5, 2, Number.NaN], [1, 4, 1], UNIT_NORMALIZATION)
  expect([...data]).toEqual([0, 128, 255, 0])
  expect(denormalize([0, 1, 1, 0], [1, 2, 2], UNIT_NORMALIZATION)).toEqual(picture(1, 2, 1, [0, 255]))
})
