import { describe, expect, test } from 'vitest'
import { digest, integers, noise, picture, SEED } from '../test/pictures.ts'
import { centerCrop } from './center-crop.ts'
import { toChannels } from './color.ts'
import { crop } from './crop.ts'
import type { Channels, Picture, Rectangle } from './picture.ts'
import { resample } from './resample.ts'

/** The definition, pixel by pixel: triangles over the whole picture, in both directions at once, in floats. */
function triangle(source: Picture, height: number, width: number): number[] {
  const weights = (from: number, to: number, place: number): number[] => {
    const support = Math.max(1, from / to)
    const center = ((place + 0.5) * from) / to
    const raw = Array.from({ length: from }, (_, at) => Math.max(0, 1 - Math.abs(at + 0.5 - center) / support))
    const sum = raw.reduce((total, weight) => total + weight, 0)
    return raw.map((weight) => weight / sum)
  }
  const { channels, data } = source
  return Array.from({ length: height * width * channels }, (_, index) => {
    const [channel, pixel] = [index % channels, Math.floor(index / channels)]
    const [rows, columns] = [
      weights(source.height, height, Math.floor(pixel / width)),
      weights(source.width, width, pixel % width),
    ]
    let sum = 0
    for (const [row, byRow] of rows.entries())
      for (const [column, byColumn] of columns.entries())
        sum += byRow * byColumn * data[(row * source.width + column) * channels + channel]
    return sum
  })
}

describe('resample', () => {
  test(`is the triangle filter, rounded; ONEBIT_SEED=${SEED}`, () => {
    const next = integers(SEED)
    for (let round = 0; round < 60; round++) {
      const source = noise(1 + next(30), 1 + next(30), ([1, 3, 4] as const)[next(3)], next(1e9))
      const [height, width] = [1 + next(20), 1 + next(20)]
      const expected = triangle(source, height, width)
      const { data } = resample(source, { height, width })
      // Weights and scaled rows are float32, so the sum is within 0.001 of the exact one before rounding.
      for (const [index, value] of expected.entries()) expect(Math.abs(data[index] - value)).toBeLessThanOrEqual(0.501)
    }
  })

  test('gives the bytes that it always gave', () => {
    const source = noise(50, 41, 3, 7)
    expect(digest(resample(source, { from: { top: 2.5, left: 1.25, height: 40, width: 33 }, height: 16, width: 70 }).data)).toBe(
      1426047113,
    )
    expect(digest(centerCrop(source, { size: [12, 14], shorterSide: 20 }).data)).toBe(3653728555)
  })

  test(`a part of the result is the crop of the whole, in other channels too; ONEBIT_SEED=${SEED}`, () => {
    const next = integers(SEED)
    for (let round = 0; round < 100; round++) {
      const source = noise(1 + next(40), 1 + next(40), ([1, 3, 4] as Channels[])[next(3)], next(1e9))
      const [height, width] = [1 + next(30), 1 + next(30)]
      const part: Rectangle = { top: next(height), left: next(width), height: 1, width: 1 }
      const sized = { ...part, height: 1 + next(height - part.top), width: 1 + next(width - part.left) }
      const channels = next(2) === 0 ? 1 : 3
      const whole = resample(toChannels(source, channels, 'checkerboard'), { height, width })
      expect(resample(source, { height, width, part: sized, channels, background: 'checkerboard' })).toEqual(crop(whole, sized))
    }
  })

  test('the same size changes nothing', () => {
    const source = noise(7, 5, 3)
    expect(resample(source, { height: 7, width: 5 })).toEqual(source)
  })

  test('a plain picture stays plain at every size', () => {
    const source = picture(9, 6, 1, new Uint8Array(54).fill(77))
    const from = { top: 1.5, left: 0.25, height: 6, width: 4.5 }
    for (const [height, width] of [[1, 1], [4, 5], [20, 3]]) // biome-ignore format: one line
      expect(new Set(resample(source, { from, height, width }).data)).toEqual(new Set([77]))
  })

  test('enlarging is bilinear interpolation', () => {
    expect([...resample(picture(1, 2, 1, [0, 100]), { height: 1, width: 4 }).data]).toEqual([0, 25, 75, 100])
    const colors = resample(picture(2, 1, 3, [0, 10, 5, 100, 20, 5]), { height: 4, width: 1 })
    expect([...colors.data]).toEqual([0, 10, 5, 25, 13, 5, 75, 18, 5, 100, 20, 5])
  })

  test('reducing averages, so that a pattern of single pixels becomes gray', () => {
    const stripes = picture(
      16,
      16,
      1,
      Uint8Array.from({ length: 256 }, (_, index) => 200 * (index & 1)),
    )
    const small = resample(stripes, { height: 4, width: 4 })
    for (const row of [0, 1, 2, 3]) for (const column of [1, 2]) expect(small.data[4 * row + column]).toBe(100)
  })

  test('takes the part of the picture only', () => {
    const source = picture(4, 4, 1, [9, 9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9, 9, 9, 9])
    const from = { top: 1, left: 1, height: 2, width: 2 }
    expect([...resample(source, { from, height: 2, width: 2 }).data]).toEqual([1, 2, 3, 4])
  })

  test('a weighted mean by hand: three pixels to two', () => {
    // Triangle of half-width 1.5 around 0.75: weights 1 - 0.25 / 1.5, 1 - 0.75 / 1.5 and 0, normalized.
    const [a, b] = [1 - 0.25 / 1.5, 1 - 0.75 / 1.5]
    const expected = Math.round((120 * a + 30 * b) / (a + b))
    expect(resample(picture(1, 3, 1, [120, 30, 240]), { height: 1, width: 2 }).data[0]).toBe(expected)
  })
})

describe('centerCrop', () => {
  test('cuts the middle out; missing pixels are black', () => {
    const source = picture(3, 4, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect([...centerCrop(source, { size: [1, 2] }).data]).toEqual([6, 7])
    expect([...centerCrop(source, { size: [5, 2] }).data]).toEqual([0, 0, 2, 3, 6, 7, 10, 11, 0, 0])
  })

  test('scales the shorter side first', () => {
    const source = picture(2, 4, 1, [0, 0, 100, 100, 0, 0, 100, 100])
    const middle = centerCrop(source, { size: [4, 4], shorterSide: 4 })
    expect(middle).toMatchObject({ height: 4, width: 4 })
    expect([...middle.data.subarray(0, 4)]).toEqual([0, 25, 75, 100])
    expect(centerCrop(noise(30, 20, 3), { size: 14, shorterSide: 16 }).data).toHaveLength(14 * 14 * 3)
  })
})
