import { expect, test } from 'vitest'
import { CorrectKeypoints } from './correct-keypoints.ts'

test('counts joints within the share of the reference, the edge included, and only labeled ones', () => {
  const measure = new CorrectKeypoints({ joints: 3, threshold: 0.5 })
  measure.add([3, 4, 10, 10, 0, 0], [0, 0, 2, 10, 16, 1, 50, 50, 0], 10)
  expect(measure.byJoint()).toEqual([1, 0, Number.NaN])
  expect(measure.mean()).toBe(0.5)
})

test('the mean weighs joints by how often they are labeled, and leaves excluded ones out', () => {
  const measure = new CorrectKeypoints({ joints: 2, excluded: [1] })
  measure.add([0, 0, 0, 0], [0, 0, 2, 9, 9, 2], 2)
  measure.add([0, 0, 0, 0], [5, 0, 2, 0, 0, 2], 2)
  measure.add([0, 0, 0, 0], [0, 0, 2, 0, 0, 2], 2)
  expect(measure.mean()).toBeCloseTo(2 / 3, 12)
  expect(measure.byJoint()[1]).toBeCloseTo(2 / 3, 12)
  expect(new CorrectKeypoints({ joints: 2 }).mean()).toBe(0)
})

test('a prediction that is no number is wrong', () => {
  const measure = new CorrectKeypoints({ joints: 1 })
  measure.add([Number.NaN, 0], [0, 0, 2], 10)
  expect(measure.mean()).toBe(0)
})
