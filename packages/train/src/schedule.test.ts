import { OptionError } from '@onebit/core'
import { expect, test } from 'vitest'
import { rateFactor, scheduleFactor } from './schedule.ts'

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

test('each schedule falls as its name says, between its ends, too', () => {
  expect([0.25, 0.5, 0.9].map((done) => scheduleFactor('constant', done))).toEqual([1, 1, 1])
  expect([0.25, 0.5, 0.75].map((done) => scheduleFactor('linear', done))).toEqual([0.75, 0.5, 0.25])
  const cosine = [0.25, 0.75].map((done) => scheduleFactor('cosine', done))
  expect(cosine[0]).toBeCloseTo(0.8535533905932737, 12)
  expect(cosine[1]).toBeCloseTo(0.14644660940672624, 12)
  const steps = { name: 'steps', at: [3, 6], factor: 0.5 } as const
  expect([2.9, 3, 5.9, 6, 10].map((epoch) => scheduleFactor(steps, epoch / 10, 10))).toEqual([1, 0.5, 0.5, 0.25, 0.25])
})

test('a decline may end above 0', () => {
  const at = (name: 'linear' | 'cosine' | 'exponential', to: number) =>
    [0, 0.5, 1].map((done) => scheduleFactor({ name, to }, done))
  expect(at('linear', 0.01)).toEqual([1, expect.closeTo(0.505, 12), 0.01])
  expect(at('cosine', 0.5)).toEqual([1, expect.closeTo(0.75, 12), 0.5])
  expect(at('exponential', 0.0001)).toEqual([1, expect.closeTo(0.01, 12), 0.0001])
  expect(() => at('exponential', 0)).toThrow(/from 0 to 1, above 0/)
  expect(() => at('linear', 1.5)).toThrow(OptionError)
  // After a warm-up it spans what is left.
  const rate = { schedule: { name: 'linear', to: 0.2 }, warmUp: 1, epochs: 3 } as const
  expect([1, 2, 3].map((epoch) => rateFactor(rate, 10 * epoch, 10))).toEqual([
    1,
    expect.closeTo(0.6, 12),
    expect.closeTo(0.2, 12),
  ])
})

test('a name that every object has is no schedule', () => {
  expect(() => scheduleFactor('toString' as never, 0.5)).toThrow(OptionError)
})
