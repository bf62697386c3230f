/** COCO's numbers for keypoints against those of its own API, on eight sets of random people (`coco-keypoints.json`). */
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { KeypointAveragePrecision, type ScoredPerson } from './keypoint-average-precision.ts'
import { COCO_SIGMAS, keypointSimilarity, type LabeledPerson } from './oks.ts'

interface Case {
  readonly pictures: readonly { readonly predicted: readonly ScoredPerson[]; readonly people: readonly LabeledPerson[] }[]
  /** AP, AP50, AP75, APM, APL, AR, AR50, AR75, ARM, ARL as pycocotools 2.0 gives them. */
  readonly stats: readonly number[]
}

const cases = JSON.parse(await readFile(new URL('../../test/coco-keypoints.json', import.meta.url), 'utf8')) as readonly Case[]

const contents = [
  'plain',
  'equal scores',
  'crowds',
  'people without joints',
  'many joints missing',
  'crowds without joints',
  'many predictions',
  'plain',
]

describe('the ten numbers of the COCO API, to 1e-6', () => {
  test.each(cases.map((entry, index) => [contents[index], entry] as const))('%s', (_, { pictures, stats }) => {
    const measure = new KeypointAveragePrecision()
    for (const { predicted, people } of pictures) measure.add(predicted, people)
    for (const [index, value] of Object.values(measure.values()).entries()) expect(value).toBeCloseTo(stats[index], 6)
  })
})

const person: LabeledPerson = {
  keypoints: COCO_SIGMAS.flatMap((_, joint) => [10 * joint, 5 * joint, 2]),
  area: 5000,
  box: [0, 0, 160, 80],
  crowd: false,
}
const exact = COCO_SIGMAS.flatMap((_, joint) => [10 * joint, 5 * joint])

describe('keypointSimilarity', () => {
  test('is 1 at the joints and falls with the distance, by joint', () => {
    expect(keypointSimilarity(exact, person)).toBe(1)
    const moved = exact.map((value, index) => (index === 0 ? value + 10 : value))
    expect(keypointSimilarity(moved, person)).toBeCloseTo((16 + Math.exp(-100 / (0.052 ** 2 * 5000) / 2)) / 17, 12)
  })

  test('of a person without joints, the doubled box counts', () => {
    const unlabeled = { ...person, keypoints: person.keypoints.map(() => 0) }
    expect(keypointSimilarity(exact, unlabeled)).toBe(1)
    expect(
      keypointSimilarity(
        exact.map((value) => value + 1000),
        unlabeled,
      ),
    ).toBeLessThan(0.01)
  })
})

test('where nobody is, there is no number', () => {
  const measure = new KeypointAveragePrecision()
  measure.add([{ keypoints: exact, score: 1 }], [])
  expect(measure.values().AP).toBeNaN()
})
