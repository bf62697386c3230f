import { describe, expect, test } from 'vitest'
import { inOrder, movePoint, rotation, scaling, translation } from './affine.ts'
import { pictureOf } from './picture.ts'
import { warp } from './warp.ts'
import { warpReduced } from './warp-reduced.ts'

/** Columns of black and white, and a white square. */
function stripes(width: number, height: number) {
  const data = Uint8Array.from({ length: width * height }, (_, pixel) => ((pixel % width) % 2 === 0 ? 0 : 255))
  return pictureOf(data, width, height)
}

describe('a reduced warp', () => {
  test('equals the plain function if the picture hardly shrinks', () => {
    const picture = stripes(40, 30)
    const affine = inOrder(scaling(0.6), rotation(10, 5, 5))
    expect(warpReduced(picture, affine, { width: 20, height: 20 })).toEqual(warp(picture, affine, { width: 20, height: 20 }))
  })

  test('averages the pixels that it leaves out: stripes become gray', () => {
    // The plain function sees a white column each time.
    const affine = inOrder(scaling(1 / 8), translation(1 / 16, 0))
    const [plain, reduced] = [warp, warpReduced].map((move) => move(stripes(160, 120), affine, { width: 20, height: 15 }).data)
    expect(new Set(plain.subarray(0, 20))).toEqual(new Set([255]))
    for (const value of reduced.subarray(20, 40).subarray(1, 19)) expect(Math.abs(value - 127.5)).toBeLessThan(8)
  })

  test('moves a square by the map, from any position', () => {
    const data = new Uint8Array(200 * 160)
    for (let row = 90; row < 110; row++) data.fill(255, row * 200 + 120, row * 200 + 140)
    const affine = inOrder(translation(-60, -50), rotation(20), scaling(0.2), translation(10, 12))
    const picture = warpReduced(pictureOf(data, 200, 160), affine, { width: 40, height: 40 })
    const [x, y] = movePoint(affine, 130, 100)
    let [sum, sumX, sumY] = [0, 0, 0]
    for (let pixel = 0; pixel < 1600; pixel++) {
      const value = picture.data[pixel]
      sum += value
      sumX += value * ((pixel % 40) + 0.5)
      sumY += value * (Math.floor(pixel / 40) + 0.5)
    }
    expect(Math.hypot(sumX / sum - x, sumY / sum - y)).toBeLessThan(0.1)
    // As much light as in four by four pixels.
    expect(sum / 255).toBeCloseTo(16, 0)
  })

  test('pixels from outside are filled', () => {
    const { data } = warpReduced(stripes(40, 40), inOrder(scaling(0.25), translation(100, 0)), { width: 5, height: 5, fill: 9 })
    expect(Array.from(data)).toEqual(new Array(25).fill(9))
  })
})
