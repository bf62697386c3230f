import { describe, expect, test } from 'vitest'
import { imageOf, noise } from '../../test/pixel-images.ts'
import { Random } from '../random.ts'
import { lighting, lightingShift } from './lighting.ts'

describe('lighting', () => {
  test('moves colors along an axis by its length, in 8-bit values', () => {
    const [red, green, blue] = lightingShift([1, 0, 0])
    expect(red).toBeCloseTo(255 * 0.2175 * -0.5675, 6)
    expect(green).toBeCloseTo(255 * 0.2175 * -0.5808, 6)
    expect(blue).toBeCloseTo(255 * 0.2175 * -0.5836, 6)
    const summed = lightingShift([0.5, -2, 3])
    const axes = [lightingShift([1, 0, 0]), lightingShift([0, 1, 0]), lightingShift([0, 0, 1])]
    for (const [index, value] of summed.entries()) {
      expect(value).toBeCloseTo(0.5 * axes[0][index] - 2 * axes[1][index] + 3 * axes[2][index], 6)
    }
  })

  test('adds the same to every pixel, clamps, and leaves alpha and its input', () => {
    const image = imageOf(1, 3, 4, [100, 100, 100, 7, 120, 90, 60, 8, 0, 255, 128, 9])
    const { data } = lighting(image, { deviation: 0.5 }, new Random(3))
    const added = [0, 1, 2].map((channel) => data[channel] - image.data[channel])
    expect(added.some((value) => value !== 0)).toBe(true)
    for (const [index, value] of image.data.entries()) {
      const channel = index % 4
      const expected = channel === 3 ? value : Math.max(0, Math.min(255, value + added[channel]))
      expect(data[index]).toBe(expected)
    }
    expect(image.data[0]).toBe(100)
  })

  test('depends on the generator alone; a deviation of 0 changes nothing; gray pictures keep their channel', () => {
    const image = noise(5, 4, 3)
    expect(lighting(image, {}, new Random(1))).toEqual(lighting(image, {}, new Random(1)))
    expect(lighting(image, {}, new Random(1))).not.toEqual(lighting(image, {}, new Random(2)))
    expect(lighting(image, { deviation: 0 }, new Random(1))).toEqual(image)
    const gray = lighting(imageOf(1, 2, 1, [50, 90]), { deviation: 1 }, new Random(1))
    expect(gray.data[1] - gray.data[0]).toBe(40)
    expect(gray.data[0]).not.toBe(50)
  })

  test('its shares are normal with the deviation that is asked for', () => {
    const random = new Random(11)
    const { data: before } = imageOf(1, 1, 3, [128, 128, 128])
    const reds = Array.from({ length: 4000 }, () => {
      const { data } = lighting({ data: before, height: 1, width: 1, channels: 3 }, { deviation: 0.3 }, random)
      return data[0] - 128
    })
    const mean = reds.reduce((sum, value) => sum + value, 0) / reds.length
    const deviation = Math.sqrt(reds.reduce((sum, value) => sum + (value - mean) ** 2, 0) / reds.length)
    const expected =
      0.3 *
      Math.hypot(
        ...[
          [1, 0, 0],
          [0, 1, 0],
          [0, 0, 1],
        ].map((shares) => lightingShift(shares)[0]),
      )
    expect(Math.abs(mean)).toBeLessThan((4 * expected) / Math.sqrt(reds.length) + 0.1)
    expect(deviation / expected).toBeCloseTo(1, 1)
  })
})
