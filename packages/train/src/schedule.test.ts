import { expect, test } from 'vitest'
import { scheduleFactor } from './schedule.ts'

test('each schedule starts at 1, never rises, and ends where it should', () => {
  const ends = { constant: 1, linear: 0, cosine: 0 } as const
  for (const [schedule, end] of Object.entries(ends) as [keyof typeof ends, number][]) {
    const factors = Array.from({ length: 101 }, (_, i) => scheduleFactor(schedule, i / 100))
    expect(factors[0]).toBe(1)
    expect(factors[100]).toBeCloseTo(end, 12)
    for (let i = 1; i < factors.length; i++) expect(factors[i]).toBeLessThanOrEqual(factors[i - 1])
  }
  expect(scheduleFactor('cosine', 0.5)).toBeCloseTo(0.5, 12)
})
