import { Random, SEED, SOME_SPECIAL } from '@onebit/testkit/random'
import { describe, expect, it } from 'vitest'
import { divideWork } from './divide-work.ts'

describe('divideWork', () => {
  it('covers everything once, in whole units, in shares of the sizes wanted', () => {
    for (let number = 0; number < 500; number++) {
      const random = new Random(SEED + number, SOME_SPECIAL)
      const [total, unit, least, threads] = [
        random.integer(1, 3000),
        random.integer(1, 8),
        random.integer(1, 20),
        random.integer(1, 4),
      ]
      const most = 2 * least + random.integer(0, 50)
      const shares = divideWork(total, { unit, most, least }, threads)
      let end = 0
      let home = 0
      for (const share of shares) {
        expect(share.from, `number ${number} of ONEBIT_SEED=${SEED}`).toBe(end)
        expect(share.from % unit).toBe(0)
        expect(share.to - share.from).toBeLessThanOrEqual(most * unit)
        expect(share.home).toBeGreaterThanOrEqual(home)
        ;({ to: end, home } = share)
      }
      expect(end).toBe(total)
      expect(home).toBeLessThan(threads)
    }
  })

  it('gives each thread about the same, the larger shares first', () => {
    const shares = divideWork(100, { unit: 1, least: 3 }, 2)
    const sizes = [0, 1].map((thread) => shares.filter(({ home }) => home === thread).map(({ from, to }) => to - from))
    expect(sizes.map((part) => part.reduce((a, b) => a + b))).toEqual([50, 50])
    expect(sizes[0][0]).toBeGreaterThan(sizes[0].at(-1)!)
  })
})
