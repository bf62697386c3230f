import { OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { Random, type RandomState } from './random.ts'

const take = (random: Random, count: number): number[] => Array.from({ length: count }, () => random.next())

describe('Random', () => {
  test('is xoshiro128**: gives the outputs of the authors’ C code for the state 1, 2, 3, 4', () => {
    const random = new Random(0)
    random.state = [1, 2, 3, 4]
    expect(take(random, 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ])
  })

  test('a seed decides the sequence', () => {
    expect(take(new Random(7), 20)).toEqual(take(new Random(7), 20))
    expect(take(new Random(7), 20)).not.toEqual(take(new Random(8), 20))
    expect(new Random(0).state).toEqual([2462723854, 1020716019, 454327756, 1275600319])
  })

  test('continues from a saved state, also through JSON', () => {
    const random = new Random(11)
    take(random, 5)
    const saved = JSON.stringify(random.state)
    const expected = take(random, 20)
    const other = new Random(99)
    other.state = JSON.parse(saved) as RandomState
    expect(take(other, 20)).toEqual(expected)
  })

  test('uniform is in [0, 1) with mean 1/2', () => {
    const random = new Random(3)
    const values = Array.from({ length: 20000 }, () => random.uniform())
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...values)).toBeLessThan(1)
    // The standard error of the mean is 0.002.
    expect(values.reduce((sum, value) => sum + value) / values.length).toBeCloseTo(0.5, 2)
  })

  test('below draws every value about equally often', () => {
    const random = new Random(5)
    const counts = new Array<number>(6).fill(0)
    for (let draw = 0; draw < 60000; draw++) counts[random.below(6)]++
    // The standard deviation of each count is 91.
    for (const count of counts) expect(Math.abs(count - 10000)).toBeLessThan(500)
  })

  test('below draws again where the remainder would favor small values', () => {
    const random = new Random(5)
    random.state = [1, 2, 3, 4]
    // 3 * 2^30 leaves a rest of 2^30 unfair values; the eighth to tenth reference outputs are among them.
    expect(Array.from({ length: 8 }, () => random.below(3 * 2 ** 30))).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 337829053,
    ])
  })

  test('permutation reaches all orders of three equally', () => {
    const random = new Random(13)
    const counts = new Map<string, number>()
    for (let draw = 0; draw < 60000; draw++) {
      const order = random.permutation(3).join()
      counts.set(order, (counts.get(order) ?? 0) + 1)
    }
    expect(counts.size).toBe(6)
    for (const count of counts.values()) expect(Math.abs(count - 10000)).toBeLessThan(500)
  })

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('refuses the seed %s', (seed) => {
    expect(() => new Random(seed)).toThrow(OptionError)
  })

  test.each([[[0, 0, 0, 0]], [[1, 2, 3]], [[1, 2, 3, -4]], [[1, 2, 3, 0.5]]])('refuses the state %j', (state) => {
    const random = new Random(1)
    expect(() => {
      random.state = state as unknown as RandomState
    }).toThrow(OptionError)
  })
})
