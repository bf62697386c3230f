import { expect, test } from 'vitest'
import { imageOf, noise } from '../../test/pixel-images.ts'
import { Random } from '../random.ts'
import { randomRotation, rotate } from './random-rotation.ts'

const image = imageOf(3, 3, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9])

test('right angles turn counterclockwise, exactly', () => {
  expect([...rotate(image, 90).data]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7])
  expect([...rotate(image, 180).data]).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1])
  expect([...rotate(image, -90).data]).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3])
  expect(rotate(noise(6, 9, 3), 0)).toEqual(noise(6, 9, 3))
})

test('what comes from outside is the fill; the middle stays', () => {
  const turned = rotate(imageOf(5, 5, 1, new Uint8Array(25).fill(100)), 45, 7)
  expect(turned.data[12]).toBe(100)
  // The corner of a 5x5 image comes from 2.83 pixels off the middle: 0.83 of a pixel outside.
  expect(turned.data[0]).toBe(Math.round(100 * (3 - 2 * Math.SQRT2) + 7 * (2 * Math.SQRT2 - 2)))
  expect(rotate(imageOf(9, 9, 1, new Uint8Array(81).fill(100)), 45, 7).data[0]).toBe(7)
})

test('draws angles of both signs up to the largest', () => {
  const random = new Random(4)
  const wide = imageOf(
    1,
    101,
    1,
    Array.from({ length: 101 }, (_, column) => 2 * column),
  )
  // The row's right end comes from cos(angle) of its distance to the middle.
  const ends = Array.from({ length: 200 }, () => randomRotation(wide, { degrees: 1 }, random).data[75])
  expect(Math.min(...ends)).toBeLessThan(110)
  expect(new Set(ends).size).toBeGreaterThan(20)
  const still = randomRotation(image, { degrees: 0 }, random)
  expect(still).toEqual(image)
})
