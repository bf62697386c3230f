import { OptionError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { imageOf, noise } from '../../test/pixel-images.ts'
import { Random } from '../random.ts'
import { randomHorizontalFlip } from './horizontal-flip.ts'
import { randomCrop } from './random-crop.ts'
import { drawBox, randomResizedCrop } from './random-resized-crop.ts'

describe('randomCrop', () => {
  test('every place of the padded image, each about as often', () => {
    const image = imageOf(2, 2, 1, [1, 2, 3, 4])
    const random = new Random(3)
    const counts = new Map<string, number>()
    for (let draw = 0; draw < 900; draw++) {
      const key = [...randomCrop(image, { size: 2, padding: 1, fill: 9 }, random).data].join()
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(
      ['9,9,9,1', '9,9,1,2', '9,9,2,9', '9,1,9,3', '1,2,3,4', '2,9,4,9', '9,3,9,9', '3,4,9,9', '4,9,9,9'].sort(),
    )
    // 100 expected each, standard deviation 9.4.
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(50)
  })

  test('rows have the room that the height leaves, columns that of the width', () => {
    // 2 x 5 pixels, numbered. A crop of 2 x 2 has one position among the rows and four among the columns.
    const image = imageOf(
      2,
      5,
      1,
      Array.from({ length: 10 }, (_, index) => index),
    )
    const random = new Random(8)
    const corners = Array.from({ length: 200 }, () => randomCrop(image, { size: 2 }, random).data[0])
    expect([...new Set(corners)].sort()).toEqual([0, 1, 2, 3])
    const high = imageOf(
      5,
      2,
      1,
      Array.from({ length: 10 }, (_, index) => index),
    )
    const firsts = Array.from({ length: 200 }, () => randomCrop(high, { size: 2 }, random).data[0])
    expect([...new Set(firsts)].sort()).toEqual([0, 2, 4, 6])
  })

  test('without padding only inside; refuses what is too small', () => {
    const image = noise(5, 8, 3)
    expect(randomCrop(image, { size: [5, 8] }, new Random(1))).toEqual(image)
    expect(() => randomCrop(image, { size: 6 }, new Random(1))).toThrow(OptionError)
  })
})

describe('randomResizedCrop', () => {
  test('boxes have the permitted area and ratio', () => {
    // A gradient in both directions, so the corners of the result show its box.
    const image = imageOf(
      200,
      200,
      3,
      Array.from({ length: 120_000 }, (_, index) => [Math.floor(index / 600), Math.floor(index / 3) % 200, 0][index % 3]),
    )
    const random = new Random(5)
    const areas: number[] = []
    for (let draw = 0; draw < 200; draw++) {
      const { data } = randomResizedCrop(image, { size: 50, scale: [0.2, 0.5], ratio: [0.5, 2] }, random)
      // The distance between the centers of the first and the last of 50 pixels is 49/50 of the box.
      const height = ((data[data.length - 3] - data[0]) * 50) / 49
      const width = ((data[data.length - 2] - data[1]) * 50) / 49
      areas.push((height * width) / 40000)
      expect(width / height).toBeGreaterThan(0.45)
      expect(width / height).toBeLessThan(2.2)
    }
    expect(Math.min(...areas)).toBeGreaterThan(0.18)
    expect(Math.max(...areas)).toBeLessThan(0.53)
    expect(areas.reduce((sum, area) => sum + area, 0) / 200).toBeCloseTo(0.35, 1)
  })

  test('boxes reach every place, the last row and the last column among them', () => {
    const random = new Random(6)
    // A ninth of 6 x 6 and of 6 x 24 pixels: boxes of 2 x 2 and of 4 x 4.
    for (const [width, side] of [
      [6, 2],
      [24, 4],
    ]) {
      const options = { size: 2, scale: [1 / 9, 1 / 9], ratio: [1, 1] } as const
      const boxes = Array.from({ length: 800 }, () => drawBox(noise(6, width, 1), options, random))
      const ascending = (values: number[]): number[] => [...new Set(values)].sort((a, b) => a - b)
      expect(ascending(boxes.map(({ top }) => top))).toEqual(Array.from({ length: 7 - side }, (_, top) => top))
      expect(ascending(boxes.map(({ left }) => left))).toEqual(Array.from({ length: width + 1 - side }, (_, left) => left))
    }
  })

  test('the whole image if that is all that is permitted', () => {
    const image = noise(6, 6, 3)
    expect(randomResizedCrop(image, { size: 6, scale: [1, 1], ratio: [1, 1] }, new Random(1))).toEqual(image)
  })

  test('an image that no drawn box fits gives its middle', () => {
    const image = imageOf(1, 9, 1, [0, 0, 0, 0, 7, 0, 0, 0, 0])
    expect([...randomResizedCrop(image, { size: 1, scale: [1, 1], ratio: [1, 1] }, new Random(1)).data]).toEqual([7])
  })
})

describe('horizontal flip', () => {
  test('with its probability', () => {
    const image = noise(1, 4, 3)
    const random = new Random(8)
    const flips = (probability?: number): number =>
      Array.from({ length: 400 }, () => randomHorizontalFlip(image, { probability }, random)).filter((result) => result !== image)
        .length
    expect(flips(0)).toBe(0)
    expect(flips(1)).toBe(400)
    // 200 expected, standard deviation 10.
    expect(Math.abs(flips() - 200)).toBeLessThan(50)
  })
})
