import { expect, test } from 'vitest'
import { contrast } from '../../test/contrast.ts'
import { COLORS, HEAT, lineLook } from './palette.ts'
import { heatColor } from './tables.ts'

const LEAST = 4.5

test('the ratio is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6)
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2)
  expect(contrast('rgb(255, 255, 255)', '#fff')).toBe(1)
})

test.each(['ink', 'muted', 'link', 'right', 'wrong'] as const)('%s can be read on every background of the page', (name) => {
  for (const background of ['page', 'quiet', 'warning'] as const) {
    expect(contrast(COLORS[name], COLORS[background]), background).toBeGreaterThanOrEqual(LEAST)
  }
})

test('numbers can be read on the fullest cell of a heat table, and on an empty one', () => {
  expect(heatColor(1)).toBe(`rgb(${HEAT.join(', ')})`)
  expect(heatColor(0)).toBe('rgb(255, 255, 255)')
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    expect(contrast(COLORS.ink, heatColor(share))).toBeGreaterThanOrEqual(LEAST)
  }
})

test('210 lines can be seen on the page and look different; neighbors differ in color, dash and marker', () => {
  const looks = Array.from({ length: 210 }, (_, index) => lineLook(index))
  expect(new Set(looks.map((look) => JSON.stringify(look))).size).toBe(210)
  for (const [index, look] of looks.entries()) {
    expect(contrast(look.color, COLORS.page)).toBeGreaterThanOrEqual(LEAST)
    const next = lineLook(index + 1)
    expect([look.color === next.color, look.dash === next.dash, look.marker === next.marker]).toEqual([false, false, false])
  }
})
