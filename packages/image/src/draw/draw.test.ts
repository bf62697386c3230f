import { InputError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { noise } from '../../test/pictures.ts'
import { blankPicture, copyPicture, type Picture } from '../picture.ts'
import { classColor } from './class-colors.ts'
import { contactSheet } from './contact-sheet.ts'
import { letterColumns } from './font.ts'
import { drawMask } from './mask.ts'
import type { Color } from './paint.ts'
import { drawBox, drawCircle, drawLine, drawPolyline, fillBox } from './shapes.ts'
import { drawLabel, drawText, readableOn, textSize } from './text.ts'

const white: Color = [255, 255, 255]
const canvas = (width = 20, height = 20): Picture => blankPicture(width, height, 1)
const rows = ({ data, width }: Picture): number[][] =>
  Array.from({ length: data.length / width }, (_, row) => [...data.subarray(row * width, (row + 1) * width)])
/** The sum of all pixels as an area. */
const area = ({ data }: Picture): number => data.reduce((sum, value) => sum + value, 0) / 255

describe('shapes', () => {
  test('a line of width 1 through centers of pixels is those pixels', () => {
    const picture = canvas(6, 3)
    drawLine(picture, [1.5, 1.5], [4.5, 1.5], { color: white })
    expect(rows(picture)).toEqual([
      [0, 0, 0, 0, 0, 0],
      [0, 255, 255, 255, 255, 0],
      [0, 0, 0, 0, 0, 0],
    ])
  })

  test('areas are those of the shapes, to within 3 %', () => {
    const disk = canvas(60, 60)
    drawCircle(disk, [30.3, 29.8], { radius: 20, filled: true, width: 0, color: white })
    expect(Math.abs(area(disk) / (Math.PI * 400) - 1)).toBeLessThan(0.03)
    const ring = canvas(60, 60)
    drawCircle(ring, [30, 30], { radius: 20, width: 4, color: white })
    expect(Math.abs(area(ring) / (2 * Math.PI * 20 * 4) - 1)).toBeLessThan(0.03)
    const line = canvas(60, 60)
    drawLine(line, [10, 12], [50, 41], { width: 5, color: white })
    expect(Math.abs(area(line) / (Math.hypot(40, 29) * 5 + Math.PI * 2.5 ** 2) - 1)).toBeLessThan(0.03)
  })

  test('boxes of fractions cover shares of pixels', () => {
    const filled = canvas(3, 2)
    fillBox(filled, { top: 0.5, left: 0.25, height: 1.5, width: 2 }, white)
    expect(rows(filled)).toEqual([
      [96, 128, 32],
      [191, 255, 64],
    ])
    const outline = canvas(6, 6)
    drawBox(outline, { top: 1.5, left: 1.5, height: 3, width: 3 }, { color: white })
    expect(rows(outline).slice(1, 5)).toEqual([
      [0, 255, 255, 255, 255, 0],
      [0, 255, 0, 0, 255, 0],
      [0, 255, 0, 0, 255, 0],
      [0, 255, 255, 255, 255, 0],
    ])
  })

  test('points that are outside or NaN draw nothing', () => {
    const picture = canvas()
    drawLine(picture, [-50, -50], [-10, -10], { color: white, width: 3 })
    drawLine(picture, [Number.NaN, 4], [5, 5], { color: white })
    drawCircle(picture, [100, 4], { radius: 9, color: white })
    drawBox(picture, { top: 50, left: 50, height: 5, width: 5 }, { color: white })
    expect(area(picture)).toBe(0)
    drawLine(picture, [-50, 10.5], [50, 10.5], { color: white })
    expect(area(picture)).toBe(20)
  })

  test('opacity mixes; gray pictures get the luma; alpha rises and does not dim', () => {
    const half = blankPicture(1, 1, 3, 100)
    fillBox(half, { top: 0, left: 0, height: 1, width: 1 }, [200, 100, 0], 0.5)
    expect([...half.data]).toEqual([150, 100, 50])
    const gray = canvas(1, 1)
    fillBox(gray, { top: 0, left: 0, height: 1, width: 1 }, [255, 0, 0])
    expect([...gray.data]).toEqual([76])
    const clear = blankPicture(1, 1, 4)
    fillBox(clear, { top: 0, left: 0, height: 1, width: 1 }, [200, 100, 0], 0.5)
    expect([...clear.data]).toEqual([200, 100, 0, 128])
  })

  test('polylines close', () => {
    const [open, closed] = [canvas(), canvas()]
    const points = [[2.5, 2.5], [15.5, 2.5], [15.5, 15.5], [2.5, 15.5]] as const // biome-ignore format: one line
    drawPolyline(open, points, { color: white })
    drawPolyline(closed, points, { color: white, closed: true })
    expect([open.data[20 * 9 + 2], closed.data[20 * 9 + 2]]).toEqual([0, 255])
  })
})

describe('masks', () => {
  test('color each class except those in leaveOut', () => {
    const picture = blankPicture(3, 1, 3, 100)
    drawMask(picture, [0, 1, 2], { color: (index) => [0, 100 * index, 200], leaveOut: [0], opacity: 0.5 })
    expect([...picture.data]).toEqual([100, 100, 100, 50, 100, 150, 50, 150, 150])
    expect(() => drawMask(picture, [0, 1])).toThrow(InputError)
  })

  test('colors of classes are far apart, and always the same', () => {
    const colors = Array.from({ length: 21 }, (_, index) => classColor(index))
    for (const [index, color] of colors.entries()) {
      expect(color.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true)
      for (const other of colors.slice(0, index)) {
        expect(Math.hypot(...color.map((value, channel) => value - other[channel]))).toBeGreaterThan(40)
      }
    }
    expect(() => classColor(-1)).toThrow(InputError)
  })
})

describe('text', () => {
  test('letters are their dots', () => {
    const picture = canvas(7, 10)
    drawText(picture, 'T', [0, 0])
    const dots = rows(picture).map((row) => row.map((value) => (value > 0 ? '#' : '.')).join(''))
    expect(dots).toEqual(['.......', '.#####.', '.#.#.#.', ...Array(5).fill('...#...'), '.......', '.......'])
    expect(textSize('T')).toEqual({ width: 7, height: 10 })
  })

  test('every letter of ASCII is its own; others lose accents or are question marks', () => {
    const letters = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    expect(new Set(letters.map((letter) => letterColumns(letter).join())).size).toBe(95)
    const [plain, accented] = [canvas(40, 10), canvas(40, 10)]
    drawText(plain, 'naive ?', [0, 0])
    drawText(accented, 'naïve 犬', [0, 0])
    expect(accented).toEqual(plain)
  })

  test('moves back into the picture, and is readable on its box', () => {
    const [inside, outside] = [canvas(30, 12), canvas(30, 12)]
    drawText(inside, 'ab', [30 - textSize('ab').width, 2])
    drawText(outside, 'ab', [100, 100])
    expect(outside).toEqual(inside)
    const label = blankPicture(20, 20, 3)
    drawLabel(label, 'a', [2, 15], [255, 255, 0])
    expect([...label.data.subarray((5 * 20 + 2) * 3, (5 * 20 + 2) * 3 + 3)]).toEqual([255, 255, 0])
    expect(readableOn([255, 255, 0])).toEqual([0, 0, 0])
    expect(readableOn([0, 0, 120])).toEqual([255, 255, 255])
  })
})

describe('contactSheet', () => {
  test('rows of pictures with captions, of any channels', () => {
    const sheet = contactSheet(
      [{ picture: noise(4, 4, 1), caption: 'one' }, { picture: noise(9, 3, 3) }, { picture: noise(2, 2, 4) }],
      {
        size: 16,
        gap: 2,
        background: [9, 9, 9],
      },
    )
    expect(sheet).toMatchObject({ width: 2 * 18 + 2, height: 2 * (16 + 10 + 2) + 2, channels: 3 })
    expect([...sheet.data.subarray(0, 3)]).toEqual([9, 9, 9])
    const captionRow = sheet.data.subarray((2 + 16 + 4) * sheet.width * 3, (2 + 16 + 5) * sheet.width * 3)
    expect(captionRow.includes(255)).toBe(true)
    expect(contactSheet([{ picture: noise(4, 4, 3) }], { size: 4, gap: 0 })).toEqual(noise(4, 4, 3))
  })

  test('drawing on a copy leaves the original', () => {
    const picture = noise(5, 5, 3)
    const copy = copyPicture(picture)
    fillBox(copy, { top: 0, left: 0, height: 5, width: 5 }, white)
    expect(picture).toEqual(noise(5, 5, 3))
  })
})
