import { describe, expect, it } from 'vitest'
import { formatMetric, wrapText } from './format.ts'

describe('wrapText', () => {
  it('breaks at blanks and indents what follows', () => {
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
