import { describe, expect, test } from 'vitest'
import { imageOf, noise } from '../../test/pixel-images.ts'
import { Random } from '../random.ts'
import { changeColors, colorJitter } from './color-jitter.ts'

const nothing = { brightness: 1, contrast: 1, saturation: 1, hue: 0 }
const luma = (data: Uint8Array): number => 0.299 * data[0] + 0.587 * data[1] + 0.114 * data[2]

describe('changeColors', () => {
  test('changes nothing without a change', () => {
    const image = noise(5, 4, 3)
    expect(changeColors(image, nothing)).toEqual(image)
    const gray = noise(5, 4, 1)
    expect(changeColors(gray, nothing)).toEqual(gray)
  })

  test('brightness multiplies, and clamps', () => {
    const image = imageOf(1, 1, 3, [10, 100, 200])
    expect([...changeColors(image, { ...nothing, brightness: 1.5 }).data]).toEqual([15, 150, 255])
    expect([...changeColors(imageOf(1, 2, 1, [10, 200]), { ...nothing, brightness: 1.5 }).data]).toEqual([15, 255])
    expect([...changeColors(image, { ...nothing, brightness: 0 }).data]).toEqual([0, 0, 0])
  })

  test('contrast goes from the mean luma', () => {
    expect([...changeColors(imageOf(1, 2, 1, [50, 150]), { ...nothing, contrast: 0.5 }).data]).toEqual([75, 125])
    const mean = Math.round((luma(Uint8Array.of(10, 100, 200)) + luma(Uint8Array.of(90, 0, 40))) / 2)
    const flat = changeColors(imageOf(1, 2, 3, [10, 100, 200, 90, 0, 40]), { ...nothing, contrast: 0 })
    expect([...flat.data]).toEqual(new Array(6).fill(mean))
  })

  test('no saturation is gray of the same luma', () => {
    const image = imageOf(1, 1, 3, [10, 100, 200])
    expect([...changeColors(image, { ...nothing, saturation: 0 }).data]).toEqual(new Array(3).fill(Math.round(luma(image.data))))
  })

  test('alpha stays, colors change as without it', () => {
    const change = { brightness: 1.2, contrast: 0.7, saturation: 0.5, hue: 40 }
    const opaque = noise(3, 4, 3)
    const withAlpha = imageOf(
      3,
      4,
      4,
      Array.from({ length: 12 }, (_, pixel) => [...opaque.data.subarray(3 * pixel, 3 * pixel + 3), pixel]).flat(),
    )
    const { data } = changeColors(withAlpha, change)
    expect([...data.filter((_, index) => index % 4 < 3)]).toEqual([...changeColors(opaque, change).data])
    expect([...data.filter((_, index) => index % 4 === 3)]).toEqual(Array.from({ length: 12 }, (_, pixel) => pixel))
  })

  test('hue turns colors, keeping luma and gray; three thirds are a whole turn', () => {
    const image = imageOf(1, 1, 3, [140, 100, 110])
    let turned = image
    for (let third = 0; third < 3; third++) {
      turned = changeColors(turned, { ...nothing, hue: 120 })
      expect(Math.abs(luma(turned.data) - luma(image.data))).toBeLessThan(1.5)
      if (third < 2) expect(Math.abs(turned.data[0] - image.data[0])).toBeGreaterThan(10)
    }
    for (const channel of [0, 1, 2]) expect(Math.abs(turned.data[channel] - image.data[channel])).toBeLessThanOrEqual(2)
    expect([...changeColors(imageOf(1, 1, 3, [90, 90, 90]), { ...nothing, hue: 70 }).data]).toEqual([90, 90, 90])
  })
})

test('colorJitter draws factors from the whole range and no further', () => {
  const random = new Random(2)
  const values = Array.from({ length: 500 }, () => colorJitter(imageOf(1, 1, 1, [100]), { brightness: 0.4 }, random).data[0])
  expect(Math.min(...values)).toBeGreaterThanOrEqual(60)
  expect(Math.min(...values)).toBeLessThan(63)
  expect(Math.max(...values)).toBeLessThanOrEqual(140)
  expect(Math.max(...values)).toBeGreaterThan(137)
})
