import { expect, test } from 'vitest'
import { drawingScale, enlarged, withLegend } from './legend.ts'

const gray = { data: Uint8Array.of(0, 255, 128, 64), width: 2, height: 2, channels: 1 }

test('small pictures are enlarged by whole numbers, pixel by pixel, in color', () => {
  expect(drawingScale({ width: 28 })).toBe(7)
  expect(drawingScale({ width: 640 })).toBe(1)
  const large = enlarged(gray, 3)
  expect(large).toMatchObject({ width: 6, height: 6, channels: 3 })
  expect(Array.from(large.data.subarray(6, 12))).toEqual([0, 0, 0, 255, 255, 255])
  expect(Array.from(large.data.subarray(-3))).toEqual([64, 64, 64])
  expect(Array.from(gray.data)).toEqual([0, 255, 128, 64])
})

test('a legend is below the picture, which stays as it is', () => {
  const large = enlarged(gray)
  const result = withLegend(large, [
    { text: 'a boot', color: [255, 0, 0] },
    { text: 'words that are far too long for it '.repeat(9) },
  ])
  expect(result.width).toBe(large.width)
  expect(result.data.subarray(0, large.data.length)).toEqual(large.data)
  const below = result.data.subarray(large.data.length)
  const reds = Array.from({ length: below.length / 3 }, (_, pixel) => below.subarray(3 * pixel, 3 * pixel + 3).join()).filter(
    (color) => color === '255,0,0',
  )
  expect(reds).toHaveLength(100)
  expect(below.includes(255)).toBe(true)
  expect(withLegend(large, [])).toBe(large)
})
