import { InputError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { decodeHeatmaps, heatmapsShape, type Refinement } from './decode-heatmaps.ts'

const [HEIGHT, WIDTH] = [12, 16]

/** Gaussians of one pixel around places in pixels of the heat-maps, centers of pixels at halves. */
function heatmapsOf(places: readonly (readonly [x: number, y: number])[], sigma = 1, scale = 1) {
  const joints = places.length
  const data = new Float32Array(HEIGHT * WIDTH * joints)
  for (let pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
    for (const [joint, [x, y]] of places.entries()) {
      const [dx, dy] = [(pixel % WIDTH) + 0.5 - x, Math.floor(pixel / WIDTH) + 0.5 - y]
      data[pixel * joints + joint] = scale * Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma))
    }
  }
  return { heatmaps: { shape: [HEIGHT, WIDTH, joints], data } }
}

const placement = { toPicture: [1, 0, 0, 0, 1, 0], picture: [HEIGHT, WIDTH], input: [HEIGHT, WIDTH] } as const

const decoded = (place: readonly [number, number], refinement?: Refinement, sigma?: number): number[] =>
  decodeHeatmaps(heatmapsOf([place], sigma), placement, refinement).keypoints.slice(0, 2)

describe('the best pixel', () => {
  test('is where its center is, and its value the confidence, of each joint apart', () => {
    const { keypoints, score } = decodeHeatmaps(
      heatmapsOf(
        [
          [3.5, 4.5],
          [9.5, 2.5],
        ],
        1,
        0.5,
      ),
      placement,
      'pixel',
    )
    expect(keypoints).toEqual([3.5, 4.5, 0.5, 9.5, 2.5, 0.5])
    expect(score).toBe(0.5)
  })

  test('is the first of equal ones, and confidence stays within 0 and 1', () => {
    const data = new Float32Array(HEIGHT * WIDTH).fill(-2)
    expect(decodeHeatmaps({ heatmaps: { shape: [HEIGHT, WIDTH, 1], data } }, placement).keypoints).toEqual([0.5, 0.5, 0])
    data[WIDTH + 1] = 7
    expect(decodeHeatmaps({ heatmaps: { shape: [HEIGHT, WIDTH, 1], data } }, placement).keypoints[2]).toBe(1)
  })

  test('is told in the pixels of the picture', () => {
    const toPicture = [2, 0, 10, 0, 3, -5] as const
    const larger = { toPicture, picture: [40, 50], input: [4 * HEIGHT, 4 * WIDTH] } as const
    const { keypoints } = decodeHeatmaps(heatmapsOf([[3.5, 4.5]]), larger, 'pixel')
    expect(keypoints.slice(0, 2)).toEqual([2 * 14 + 10, 3 * 18 - 5])
  })
})

describe('between pixels', () => {
  test('a quarter of a pixel goes towards the larger neighbor, and nowhere between equal ones', () => {
    expect(decoded([3.5, 4.5])).toEqual([3.5, 4.5])
    expect(decoded([3.7, 4.4])).toEqual([3.75, 4.25])
    expect(decoded([3.3, 4.5])).toEqual([3.25, 4.5])
  })

  test('at the edge nothing moves', () => {
    expect(decoded([0.9, 4.4])).toEqual([0.5, 4.5])
    expect(decoded([3.7, HEIGHT - 0.2])).toEqual([3.5, HEIGHT - 0.5])
  })

  test.each([1, 1.5, 2])('DARK finds the middle of a Gaussian of %f pixels to a hundredth', (sigma) => {
    for (const [x, y] of [
      [5.5, 6.5],
      [5.9, 6.2],
      [5.12, 6.93],
    ] as const) {
      const [column, row] = decoded([x, y], 'dark', sigma)
      expect(Math.hypot(column - x, row - y)).toBeLessThan(0.03)
    }
  })

  test('DARK stays at the best pixel where there is no top', () => {
    const data = Float32Array.from({ length: HEIGHT * WIDTH }, (_, pixel) => (pixel === 5 * WIDTH + 5 ? 1e-12 : 0))
    const { keypoints } = decodeHeatmaps({ heatmaps: { shape: [HEIGHT, WIDTH, 1], data } }, placement, 'dark')
    expect(keypoints.slice(0, 2).every(Number.isFinite)).toBe(true)
    expect(decoded([1.2, 1.4], 'dark')).toEqual([1.5, 1.5])
  })
})

test('outputs that are no heat-maps are refused', () => {
  expect(heatmapsShape({ heatmaps: [8, 8, 3], heatmaps1: [8, 8, 3] })).toEqual([8, 8, 3])
  expect(heatmapsShape({ other: [8, 8, 3] })).toEqual([8, 8, 3])
  expect(() => heatmapsShape({ scores: [10] })).toThrow(InputError)
  expect(() => heatmapsShape({ a: [8, 8, 3], b: [8, 8, 3] })).toThrow(/gives no poses/)
})
