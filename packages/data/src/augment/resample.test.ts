import { describe, expect, test } from 'vitest'
import { imageOf, noise } from '../../test/pixel-images.ts'
import { centerCrop } from './center-crop.ts'
import { resample } from './resample.ts'

const whole = (height: number, width: number) => ({ top: 0, left: 0, height, width })

describe('resample', () => {
  test('the same size changes nothing', () => {
    const image = noise(7, 5, 3)
    expect(resample(image, whole(7, 5), 7, 5)).toEqual(image)
  })

  test('a plain image stays plain at every size', () => {
    const image = imageOf(9, 6, 1, new Uint8Array(54).fill(77))
    for (const [height, width] of [[1, 1], [4, 5], [20, 3]]) // biome-ignore format: one line
      expect(new Set(resample(image, { top: 1.5, left: 0.25, height: 6, width: 4.5 }, height, width).data)).toEqual(new Set([77]))
  })

  test('enlarging is bilinear interpolation', () => {
    const image = imageOf(1, 2, 1, [0, 100])
    expect([...resample(image, whole(1, 2), 1, 4).data]).toEqual([0, 25, 75, 100])
    expect([...resample(imageOf(2, 1, 2, [0, 10, 100, 20]), whole(2, 1), 4, 1).data]).toEqual([0, 10, 25, 13, 75, 18, 100, 20])
  })

  test('reducing averages, so that a pattern of single pixels becomes gray', () => {
    const stripes = imageOf(
      16,
      16,
      1,
      Uint8Array.from({ length: 256 }, (_, index) => 200 * (index & 1)),
    )
    const small = resample(stripes, whole(16, 16), 4, 4)
    for (const row of [0, 1, 2, 3]) for (const column of [1, 2]) expect(small.data[4 * row + column]).toBe(100)
  })

  test('takes the box only', () => {
    const image = imageOf(4, 4, 1, [9, 9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9, 9, 9, 9])
    expect([...resample(image, { top: 1, left: 1, height: 2, width: 2 }, 2, 2).data]).toEqual([1, 2, 3, 4])
  })

  test('a weighted mean by hand: three pixels to two', () => {
    // Triangle of half-width 1.5 around 0.75: weights 1 - 0.25 / 1.5, 1 - 0.75 / 1.5 and 0, normalized.
    const [a, b] = [1 - 0.25 / 1.5, 1 - 0.75 / 1.5]
    const expected = Math.round((120 * a + 30 * b) / (a + b))
    expect(resample(imageOf(1, 3, 1, [120, 30, 240]), whole(1, 3), 1, 2).data[0]).toBe(expected)
  })
})

describe('centerCrop', () => {
  test('cuts the middle out; what is missing is black', () => {
    const image = imageOf(3, 4, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect([...centerCrop(image, { size: [1, 2] }).data]).toEqual([6, 7])
    expect([...centerCrop(image, { size: [5, 2] }).data]).toEqual([0, 0, 2, 3, 6, 7, 10, 11, 0, 0])
  })

  test('scales the shorter side first', () => {
    const image = imageOf(2, 4, 1, [0, 0, 100, 100, 0, 0, 100, 100])
    const crop = centerCrop(image, { size: [4, 4], shorterSide: 4 })
    expect(crop).toMatchObject({ height: 4, width: 4 })
    expect([...crop.data.subarray(0, 4)]).toEqual([0, 25, 75, 100])
    expect(centerCrop(noise(30, 20, 3), { size: 14, shorterSide: 16 }).data).toHaveLength(14 * 14 * 3)
  })
})
