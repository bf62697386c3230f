import { describe, expect, it } from 'vitest'
import { Random, SEED } from '../../test/random.ts'
import { firstReached, foldChannel } from './fold-affine-thresholds.ts'

const { fround } = Math

function bit(x: number, thresholds: Float32Array, first: number): number {
  return thresholds.reduce((value, t) => value ^ Number(x >= t), first)
}

describe('foldChannel', () => {
  it('finds the first integer that holds', () => {
    expect(firstReached(10, (x) => x >= -3)).toBe(-3)
    expect(firstReached(10, () => true)).toBe(-10)
    expect(firstReached(10, () => false)).toBe(Number.POSITIVE_INFINITY)
  })

  it('gives the same bit for every accumulator', () => {
    const random = new Random(SEED)
    for (let number = 0; number < 2000; number++) {
      const limit = random.integer(1, 200)
      const scale = fround(random.pick([random.next() * 2 - 1, 0, -0, 1e-40, 3e38, -3e38, 1 / 3]))
      const shift = fround(random.pick([random.next() * 20 - 10, 0, 1e30]))
      const thresholds = Float32Array.from({ length: random.integer(1, 3) }, () =>
        random.pick([random.next() * 40 - 20, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, shift]),
      ).sort()
      const first = random.integer(0, 1)
      const folded = foldChannel(scale, shift, thresholds, first, limit)
      for (let x = -limit; x <= limit; x++) {
        const expected = bit(fround(fround(x * scale) + shift), thresholds, first)
        const actual = bit(x, folded.thresholds, folded.first)
        if (actual !== expected) expect.fail(`seed ${SEED}, case ${number}: ${x} * ${scale} + ${shift}`)
      }
    }
  })
})
