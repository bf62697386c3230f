import { OptionError } from '@onebit/core'
import { describe, expect, it } from 'vitest'
import { holdOut } from './hold-out.ts'

describe('holdOut', () => {
  /** 60 of class 0, 30 of class 1, 10 of class 2. */
  const labels = Uint8Array.from({ length: 100 }, (_, index) => (index % 10 < 6 ? 0 : index % 10 < 9 ? 1 : 2))

  it('takes as large a share of each class, the same every time', () => {
    const { train, validation } = holdOut(labels, 0.2)
    expect([0, 1, 2].map((label) => validation.filter((index) => labels[index] === label).length)).toEqual([12, 6, 2])
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, index) => index))
    expect(holdOut(labels, 20)).toEqual({ train, validation })
    // Not the first ones of a class.
    expect(validation.filter((index) => labels[index] === 0)).not.toEqual(
      train
        .concat(validation)
        .filter((index) => labels[index] === 0)
        .sort((a, b) => a - b)
        .slice(0, 12),
    )
  })

  it('gives what cannot be divided to the largest remainders', () => {
    const { validation } = holdOut(labels, 7)
    expect([0, 1, 2].map((label) => validation.filter((index) => labels[index] === label).length)).toEqual([4, 2, 1])
  })

  it('draws from all pictures alike where annotations are no labels', () => {
    const boxes = Array.from({ length: 50 }, () => ({ boxes: [] }))
    expect(holdOut(boxes, 0.1).validation).toHaveLength(5)
  })

  it('holds out nothing, or at least one', () => {
    expect(holdOut(labels, 0)).toEqual({ train: Array.from({ length: 100 }, (_, index) => index), validation: [] })
    expect(holdOut(labels, 0.001).validation).toHaveLength(1)
  })

  it.each([-1, Number.NaN, 1.5, 100, 1000])('refuses %s', (validation) => {
    expect(() => holdOut(labels, validation)).toThrow(OptionError)
  })
})
