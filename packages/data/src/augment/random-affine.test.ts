import { inverse, movePoint, pictureOf } from '@onebit/image'
import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { augmenter } from './augmentation.ts'
import { drawAffine, type RandomAffineOptions } from './random-affine.ts'

const size = { width: 40, height: 20 }
const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 2 ** 31)

/** Angle in degrees, scale and shift of the middle, for many draws. */
function drawn(options: RandomAffineOptions) {
  const random = new Random(seed)
  return Array.from({ length: 400 }, () => {
    const affine = drawAffine(size, options, random)
    const [a, b] = affine
    const [x, y] = movePoint(affine, 20, 10)
    return { angle: (Math.atan2(b, a) * 180) / Math.PI, scale: Math.hypot(a, b), x: x - 20, y: y - 10 }
  })
}

describe(`a random affine map (ONEBIT_SEED=${seed})`, () => {
  test('moves nothing unless it is told to', () => {
    for (const { angle, scale, x, y } of drawn({})) {
      expect(Math.abs(angle) + Math.abs(scale - 1) + Math.abs(x) + Math.abs(y)).toBeLessThan(1e-9)
    }
  })

  test('turns, scales and shifts within its ranges, and uses all of them', () => {
    const maps = drawn({ degrees: 30, turned: 0.6, scale: [0.75, 1.25], shift: 0.1 })
    const range = (values: number[]): [number, number] => [Math.min(...values), Math.max(...values)]
    const near = ([low, high]: [number, number], least: number, most: number): void => {
      expect(low).toBeGreaterThanOrEqual(least - 1e-9)
      expect(high).toBeLessThanOrEqual(most + 1e-9)
      expect(high - low).toBeGreaterThan(0.9 * (most - least))
    }
    near(range(maps.map(({ angle }) => angle)), -30, 30)
    near(range(maps.map(({ scale }) => scale)), 0.75, 1.25)
    near(range(maps.map(({ x }) => x)), -4, 4)
    near(range(maps.map(({ y }) => y)), -2, 2)
    const still = maps.filter(({ angle }) => Math.abs(angle) < 1e-9).length / maps.length
    expect(Math.abs(still - 0.4)).toBeLessThan(0.1)
  })

  test('as a step, the pixels go where the map says', () => {
    const data = new Uint8Array(40 * 20)
    data[10 * 40 + 30] = 255
    const steps = augmenter([{ type: 'affine', scale: [2, 2] }])
    const { picture, affine } = steps.apply(pictureOf(data, 40, 20), new Random(seed))
    expect(movePoint(affine, 30.5, 10.5)).toEqual([41, 11].map((value) => expect.closeTo(value, 9)))
    expect([picture.width, picture.height]).toEqual([40, 20])
    const [x] = movePoint(inverse(affine), 39.5, 10.5)
    expect(x).toBeCloseTo(29.75, 9)
    expect(picture.data[10 * 40 + 39]).toBeGreaterThan(0)
  })

  test('a range that ends before it begins is refused', () => {
    expect(() => augmenter([{ type: 'affine', scale: [1.5, 1] }])).toThrow(/scale/)
  })
})
