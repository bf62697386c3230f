import { InputError } from '@onebit/core'
import { describe, expect, test } from 'vitest'
import { digest, noise, picture, SEED, uniform } from '../test/pictures.ts'
import {
  type Affine,
  horizontalFlip,
  IDENTITY,
  inOrder,
  inverse,
  movePoint,
  movePoints,
  moveRectangle,
  rotation,
  scaling,
  translation,
} from './affine.ts'
import { flipHorizontally } from './flip.ts'
import { warp } from './warp.ts'

const close = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9))

describe('affine maps', () => {
  test(`in order, and back; ONEBIT_SEED=${SEED}`, () => {
    const next = uniform(SEED)
    const draw = () =>
      inOrder(rotation(360 * next(), next(), next()), scaling(0.5 + next(), 0.5 + next()), translation(next(), next()))
    for (let round = 0; round < 50; round++) {
      const [first, second] = [draw(), draw()]
      const [x, y] = [10 * next(), 10 * next()]
      expect(movePoint(inOrder(first, second), x, y)).toEqual(close(movePoint(second, ...movePoint(first, x, y))))
      expect(movePoint(inOrder(first, inverse(first)), x, y)).toEqual(close([x, y]))
    }
  })

  test('points and rectangles', () => {
    expect([...movePoints(inOrder(scaling(2, 3), translation(1, -1)), [1, 1, 0, 4])]).toEqual([3, 2, 1, 11])
    const box = { top: 1, left: 2, height: 3, width: 4 }
    expect(moveRectangle(horizontalFlip(10), box)).toEqual({ top: 1, left: 4, height: 3, width: 4 })
    expect(moveRectangle(rotation(90, 5, 5), box)).toEqual({ top: 4, left: 1, height: 4, width: 3 })
  })

  test('a map to a line has no way back', () => {
    expect(() => inverse(scaling(1, 0))).toThrow(InputError)
    expect(() => warp(noise(2, 2, 1), scaling(0))).toThrow(/no inverse/)
    expect(() => scaling(Number.NaN)).toThrow(/argument 'x'/)
  })
})

describe('warp', () => {
  test('nothing, a flip, a shift and right angles are exact, by either interpolation', () => {
    const source = noise(6, 9, 3)
    for (const interpolation of ['bilinear', 'nearest'] as const) {
      expect(warp(source, IDENTITY, { interpolation })).toEqual(source)
      expect(warp(source, horizontalFlip(9), { interpolation })).toEqual(flipHorizontally(source))
      const square = picture(3, 3, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect([...warp(square, rotation(90, 1.5, 1.5), { interpolation }).data]).toEqual([3, 6, 9, 2, 5, 8, 1, 4, 7])
      expect([...warp(square, translation(1, -1), { interpolation, fill: 50 }).data]).toEqual([50, 4, 5, 50, 7, 8, 50, 50, 50])
    }
  })

  test('gives the bytes of a turn that it always gave', () => {
    expect(digest(warp(noise(50, 41, 3, 7), rotation(23.7, 20.5, 25), { fill: 9 }).data)).toBe(48377212)
  })

  test('a point moves as the pixel that it is in', () => {
    const next = uniform(SEED)
    for (let round = 0; round < 30; round++) {
      const map: Affine = inOrder(rotation(360 * next(), 20, 20), scaling(1.5), translation(10 * next() - 15, 10 * next() - 15))
      const source = picture(40, 40, 1, new Uint8Array(1600))
      // A plateau, so that its middle keeps its value.
      for (const row of [19, 20, 21]) for (const column of [25, 26, 27]) source.data[40 * row + column] = 255
      const [x, y] = movePoint(map, 26.5, 20.5)
      if (!(x > 1 && x < 39 && y > 1 && y < 39)) continue
      const moved = warp(source, map)
      expect(moved.data[40 * Math.floor(y) + Math.floor(x)], `ONEBIT_SEED=${SEED}`).toBe(255)
    }
  })

  test('bilinear mixes four pixels, nearest invents none', () => {
    const source = picture(1, 2, 1, [0, 100])
    expect([...warp(source, translation(0.25, 0)).data]).toEqual([0, 75])
    expect([...warp(source, translation(0.25, 0), { fill: 100 }).data]).toEqual([25, 75])
    expect([...warp(source, scaling(2, 1), { width: 4, interpolation: 'nearest' }).data]).toEqual([0, 0, 100, 100])
    const colors = warp(picture(1, 1, 3, [1, 2, 3]), translation(1, 0), { width: 2, fill: [7, 8, 9] })
    expect([...colors.data]).toEqual([7, 8, 9, 1, 2, 3])
  })

  test('mirrors keep the channels of a pixel together', () => {
    const source = picture(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect([...flipHorizontally(source).data]).toEqual([4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9])
    expect(flipHorizontally(flipHorizontally(noise(4, 7, 4)))).toEqual(noise(4, 7, 4))
  })
})
