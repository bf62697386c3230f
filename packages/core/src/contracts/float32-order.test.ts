import { expect, test } from 'vitest'
import { float32AtOrdinal, float32Ordinal, nextDown, nextUp } from './float32-order.ts'

test('neighbors are one representable step away', () => {
  expect(nextUp(0)).toBe(2 ** -149)
  expect(nextUp(-0)).toBe(2 ** -149)
  expect(nextDown(0)).toBe(-(2 ** -149))
  expect(nextUp(1)).toBe(1 + 2 ** -23)
  expect(nextDown(1)).toBe(1 - 2 ** -24)
  expect(nextUp(-1)).toBe(-1 + 2 ** -24)
  expect(nextUp(3.4028234663852886e38)).toBe(Number.POSITIVE_INFINITY)
  expect(nextUp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  expect(nextDown(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
})

test('ordinals keep the order and come back', () => {
  const values = [Number.NEGATIVE_INFINITY, -1e30, -1, -1e-40, 0, 1e-40, 0.5, 1, 7e20, Number.POSITIVE_INFINITY].map(Math.fround)
  const ordinals = values.map(float32Ordinal)
  expect(ordinals).toEqual([...ordinals].sort((a, b) => a - b))
  expect(ordinals.map(float32AtOrdinal)).toEqual(values)
})
