import { describe, expect, it } from 'vitest'
import { formatBar, formatBytes, formatCount, formatLarge, formatMetric, formatMilliseconds, wrapText } from './format.ts'

describe('wrapText', () => {
  it('breaks at blanks and indents the following lines', () => {
    expect(wrapText('name  a text of words', 12, 6)).toBe('name  a text\n      of\n      words')
    expect(wrapText('short', 80, 2)).toBe('short')
    expect(wrapText('unbreakable word', 5)).toBe('unbreakable word')
    expect(wrapText('wide open', Number.POSITIVE_INFINITY)).toBe('wide open')
  })
})

describe('formatMetric', () => {
  it('writes a share in percent and anything else as a number', () => {
    expect(formatMetric({ unit: 'share' }, 0.87351)).toBe('87.35 %')
    expect(formatMetric({ unit: 'plain' }, 0.041327)).toBe('0.04133')
    expect(formatMetric({ unit: 'plain' }, 1200)).toBe('1,200')
  })
})

describe('large numbers', () => {
  it('have three digits, at least one of them before the point', () => {
    expect([0, 999, 1000, 1240, 12_400, 124_000, 1.24e6, 1.82e9, 1.5e12].map(formatLarge)).toEqual([
      ...['0', '999', '1.00 k', '1.24 k', '12.4 k', '124 k', '1.24 M', '1.82 G', '1.50 T'],
    ])
    // A number that rounds to a thousand of one unit becomes one of the next unit. The largest unit has no limit.
    expect([999_499, 999_500, 999_999, 1.5e15].map(formatLarge)).toEqual(['999 k', '1.00 M', '1.00 M', '1.50e+3 T'])
    expect([999, 1000, 41_300].map(formatBytes)).toEqual(['999 B', '1.00 kB', '41.3 kB'])
    expect(formatCount(1_234_567.4)).toBe('1,234,567')
  })
})

describe('times and bars', () => {
  it('have digits to match their size', () => {
    expect([0.12345, 9.9994, 10, 99.994, 100].map(formatMilliseconds)).toEqual([
      ...['0.123 ms', '9.999 ms', '10.00 ms', '99.99 ms', '100.0 ms'],
    ])
  })

  it('never exceed their width', () => {
    expect([-1, 0, 0.5, 1, 2].map((share) => formatBar(share, 4))).toEqual(['░░░░', '░░░░', '██░░', '████', '████'])
  })
})
