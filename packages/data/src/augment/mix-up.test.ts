import { OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import type { Batch } from '../batches.ts'
import { Random } from '../random.ts'
import { mixUp, softTargets } from './mix-up.ts'

const batch: Batch = {
  images: Float32Array.of(0, 10, 1, 11, 2, 12, 3, 13),
  labels: Int32Array.of(0, 1, 2, 3),
  count: 4,
  index: 0,
}

describe('mixUp', () => {
  test('images and labels are mixed with the same share and the same partners', () => {
    const before = structuredClone(batch)
    const mixed = mixUp(batch, { alpha: 1 }, new Random(3))
    expect(batch).toEqual(before)
    expect([...mixed.partnerLabels].sort()).toEqual([0, 1, 2, 3])
    expect([...mixed.partnerLabels]).not.toEqual([0, 1, 2, 3])
    for (const [row, label] of mixed.labels.entries()) {
      const expected = mixed.share * label + (1 - mixed.share) * mixed.partnerLabels[row]
      expect(mixed.images[2 * row]).toBeCloseTo(expected, 5)
      expect(mixed.images[2 * row + 1]).toBeCloseTo(10 + expected, 5)
    }
    expect(mixUp(batch, { alpha: 1 }, new Random(3))).toEqual(mixed)
  })

  test.each([0.01, 0.2, 1, 4])('the share has the mean and variance of Beta(%f, %f)', (alpha) => {
    const random = new Random(7)
    const shares = Array.from({ length: 4000 }, () => mixUp(batch, { alpha }, random).share)
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
    const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length
    // Four standard errors of the mean are 0.032 at most.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.032)
    expect(Math.abs(variance - 1 / (4 * (2 * alpha + 1)))).toBeLessThan(0.012)
    expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
  })

  test.each([0, -1, Number.NaN])('refuses the alpha %s', (alpha) => {
    expect(() => mixUp(batch, { alpha }, new Random(1))).toThrow(OptionError)
  })
})

describe('softTargets', () => {
  test('of a batch and of a mixed one', () => {
    const two = { images: new Float32Array(2), labels: Int32Array.of(2, 0), count: 2 }
    expect([...softTargets(two, 3)]).toEqual([0, 0, 1, 1, 0, 0])
    const mixed = { ...two, partnerLabels: Int32Array.of(1, 0), share: 0.75 }
    expect([...softTargets(mixed, 3)]).toEqual([0, 0.25, 0.75, 1, 0, 0])
  })

  test('refuses a label that is no class', () => {
    expect(() => softTargets(batch, 3)).toThrow(OptionError)
  })
})
