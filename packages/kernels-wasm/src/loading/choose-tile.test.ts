import { describe, expect, it } from 'vitest'
import { chooseFastest } from './choose-tile.ts'

describe('chooseFastest', () => {
  it('takes popcount only where it beats both tiles', () => {
    expect(chooseFastest({ two: 3, four: 2, popcount: 1 }).tileWidths).toEqual([])
    expect(chooseFastest({ two: 3, four: 2, popcount: 2.5 }).tileWidths).toEqual([4, 2, 1])
    expect(chooseFastest({ two: 1, four: 2, popcount: 1 }).tileWidths).toEqual([2, 1])
  })

  it('says what it measured', () => {
    expect(chooseFastest({ two: 3, four: 2, popcount: 1 }).reason).toContain('1.000 ms by popcount, 2.000 ms by tables')
  })
})
