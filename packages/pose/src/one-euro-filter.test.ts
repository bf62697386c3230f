import { describe, expect, test } from 'vitest'
import { OneEuroFilter } from './one-euro-filter.ts'

/** Two joints 100 pixels apart, the first at `x`. */
const poseAt = (x: number, confidence = 1) => ({ keypoints: [x, 0, confidence, x, 100, confidence], score: 1 })

const STEP = 1 / 30

/** Position of the first joint after each frame. */
function filtered(places: readonly number[], options = {}): number[] {
  const filter = new OneEuroFilter(options)
  return places.map((x, frame) => filter.next(poseAt(x), frame * STEP).keypoints[0])
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
}

describe('one-euro filter', () => {
  test('the first frame is taken as it is, and what stands still stays', () => {
    expect(filtered([5, 5, 5])).toEqual([5, 5, 5])
  })

  test('of the closed form: without beta, one step goes 1 / (1 + 1 / (2 pi f dt)) of the way', () => {
    const [, second] = filtered([0, 10], { minCutoff: 2, beta: 0 })
    expect(second).toBeCloseTo(10 / (1 + 1 / (2 * Math.PI * 2 * STEP)), 9)
  })

  test('what trembles trembles less', () => {
    const trembling = Array.from({ length: 60 }, (_, frame) => 50 + (frame % 2))
    expect(deviation(filtered(trembling).slice(20))).toBeLessThan(0.25 * deviation(trembling.slice(20)))
  })

  test('what moves fast lags less than with a fixed cutoff', () => {
    const moving = Array.from({ length: 60 }, (_, frame) => 8 * frame)
    const lag = (options: object): number => moving[59] - filtered(moving, options)[59]
    expect(lag({ beta: 5 })).toBeLessThan(0.25 * lag({ beta: 0 }))
  })

  test('a joint that is not seen stays where it was', () => {
    const filter = new OneEuroFilter()
    filter.next(poseAt(5), 0)
    expect(filter.next(poseAt(90, 0.01), STEP).keypoints).toEqual([5, 0, 0.01, 5, 100, 0.01])
    filter.reset()
    expect(filter.next(poseAt(90), 2 * STEP).keypoints[0]).toBe(90)
  })

  test('frames out of order, other joints and unknown options are refused', () => {
    const filter = new OneEuroFilter()
    filter.next(poseAt(5), 1)
    expect(() => filter.next(poseAt(5), 1)).toThrow(/later time/)
    expect(() => filter.next({ keypoints: [1, 2, 1], score: 1 }, 2)).toThrow(/2 joints/)
    expect(() => new OneEuroFilter({ cutoff: 1 } as never)).toThrow(/minCutoff/)
  })
})
