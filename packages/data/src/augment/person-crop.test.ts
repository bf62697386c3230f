import { AnnotationError } from '@onebit/core'
import { movePoint, pictureOf } from '@onebit/image'
import { describe, expect, test } from 'vitest'
import { Random } from '../random.ts'
import { augmenter } from './augmentation.ts'
import { drawPersonCrop, type PersonCropOptions } from './person-crop.ts'

const seed = Number(process.env.ONEBIT_SEED ?? Date.now() % 2 ** 31)

/** Ten joints in two columns: the first five above, the others below. */
const keypoints = Array.from({ length: 10 }, (_, joint) => [40 + 20 * (joint % 2), 100 + 10 * joint, 2]).flat()
const person = { keypoints, box: [30, 90, 40, 110] as const }
const size = [64, 48] as const

const crop = (options: Partial<PersonCropOptions> = {}, random = new Random(seed), annotation: unknown = person) =>
  drawPersonCrop(annotation, { size, ...options }, random)

describe(`a crop around a person (ONEBIT_SEED=${seed})`, () => {
  test('has the middle of the box in its middle, and the box with its margin within', () => {
    const affine = crop()
    expect(movePoint(affine, 50, 145)).toEqual([24, 32].map((value) => expect.closeTo(value, 9)))
    // The height decides: 1.25 times 110 pixels become 64.
    expect(affine[0]).toBeCloseTo(64 / (1.25 * 110), 9)
    expect(affine[1]).toBe(0)
  })

  test('of people without a box, goes around their joints', () => {
    const affine = crop({ margin: 1 }, new Random(seed), { keypoints })
    expect(movePoint(affine, 50, 145)).toEqual([24, 32].map((value) => expect.closeTo(value, 9)))
    expect(affine[0]).toBeCloseTo(64 / 90, 9)
  })

  test('in training, is turned, larger and smaller within its ranges', () => {
    const random = new Random(seed)
    const maps = Array.from({ length: 300 }, () => crop({ degrees: 40, scale: [0.7, 1.3] }, random))
    const scales = maps.map(([a, b]) => Math.hypot(a, b) / (64 / (1.25 * 110)))
    const angles = maps.map(([a, b]) => (Math.atan2(b, a) * 180) / Math.PI)
    expect([Math.min(...scales), Math.max(...scales)]).toEqual([expect.closeTo(0.7, 1), expect.closeTo(1.3, 1)])
    expect(Math.max(...angles.map(Math.abs))).toBeLessThanOrEqual(40)
    expect(angles.filter((angle) => Math.abs(angle) < 1e-9).length / 300).toBeCloseTo(0.4, 0)
  })

  test('half a body is the upper or the lower one', () => {
    const random = new Random(seed)
    const middles = Array.from({ length: 60 }, () => {
      const affine = crop({ halfBody: 1, upper: [0, 1, 2, 3, 4] }, random)
      const [, y] = movePoint(affine, 50, 145)
      return Math.sign(Math.round(y - 32))
    })
    expect(new Set(middles)).toEqual(new Set([-1, 1]))
    const few = { keypoints: keypoints.map((value, index) => (index % 3 === 2 && index > 20 ? 0 : value)), box: person.box }
    expect(crop({ halfBody: 1, upper: [0, 1, 2] }, new Random(seed), few)).toEqual(crop({}, new Random(seed)))
  })

  test('whoever is nowhere cannot be cropped, nor can what is no person', () => {
    const nobody = { keypoints: keypoints.map((value, index) => (index % 3 === 2 ? 0 : value)) }
    expect(() => crop({}, new Random(seed), nobody)).toThrow(AnnotationError)
    expect(() => crop({}, new Random(seed), 7)).toThrow(/data set of people/)
  })
})

describe('as a step', () => {
  const picture = pictureOf(new Uint8Array(200 * 240).fill(50), 200, 240)

  test('gives pictures of its size, and is told the annotation', () => {
    const steps = augmenter([
      { type: 'person-crop', size },
      { type: 'horizontal-flip', probability: 1 },
    ])
    expect(steps).toMatchObject({ readsAnnotation: true, size: [64, 48] })
    const { picture: cropped, affine } = steps.apply(picture, new Random(seed), person)
    expect([cropped.height, cropped.width]).toEqual([64, 48])
    expect(affine[0]).toBeLessThan(0)
  })

  test('has to come first', () => {
    expect(() => augmenter([{ type: 'horizontal-flip' }, { type: 'person-crop', size }])).toThrow(/Put it first/)
    expect(augmenter([{ type: 'horizontal-flip' }]).readsAnnotation).toBe(false)
  })
})
