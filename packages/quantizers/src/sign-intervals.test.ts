import { nextDown, nextUp } from '@onebit/core'
import { expect, test } from 'vitest'
import { type ScoreBounds, signIntervals } from './sign-intervals.ts'

const rising =
  (score: (x: number) => number): ScoreBounds =>
  (low, high) => [score(low), score(high)]

test('the root of a line is the float32 one', () => {
  const score = (x: number): number => Math.fround(Math.fround(Math.fround(3.1) * x) - Math.fround(0.7))
  const { first, thresholds } = signIntervals(rising(score))
  expect(first).toBe(-1)
  expect(thresholds).toHaveLength(1)
  expect(score(thresholds[0])).toBeGreaterThanOrEqual(0)
  expect(score(nextDown(thresholds[0]))).toBeLessThan(0)
})

test('a score of one sign has no thresholds', () => {
  expect(signIntervals(() => [1, 1])).toEqual({ first: 1, thresholds: [] })
  expect(signIntervals(() => [-1, -1])).toEqual({ first: -1, thresholds: [] })
})

test('a score that is zero on an interval is +1 on it, ends included', () => {
  const score = (x: number): number => Math.fround(Math.max(x - 1, 0) + Math.min(x + 1, 0))
  expect(signIntervals(rising(score))).toEqual({ first: -1, thresholds: [-1] })
})

test('both roots of a hat are found, the flipped one at the next value', () => {
  const bounds: ScoreBounds = (low, high) => {
    const [a, b] = [Math.abs(low), Math.abs(high)]
    return [Math.fround(1 - Math.max(a, b)), low <= 0 && high >= 0 ? 1 : Math.fround(1 - Math.min(a, b))]
  }
  expect(signIntervals(bounds)).toEqual({ first: -1, thresholds: [-1, nextUp(1)] })
})

test('a NaN score counts as -1 and hides no neighboring flips', () => {
  // Beyond 1e38 on both sides, opposite infinities meet.
  const bounds: ScoreBounds = (low, high) => {
    if (low > 1e38 || high < -1e38) return [Number.NaN, Number.NaN]
    if (low < -1e38 || high > 1e38) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
    return [low, high]
  }
  expect(signIntervals(bounds)).toEqual({ first: -1, thresholds: [0, nextUp(Math.fround(1e38))] })
})
