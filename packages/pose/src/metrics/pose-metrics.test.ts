import { describe, expect, test } from 'vitest'
import type { Person, PoseFacts } from '../pose-facts.ts'
import { measurePoses, metricsOf } from './pose-metrics.ts'

const facts: PoseFacts = { joints: ['a', 'b'], pairs: [], bones: [], metric: 'PCKh', excluded: [1] }
const person: Person = { keypoints: [10, 10, 2, 20, 30, 1], headSize: 8, box: [0, 0, 20, 40] }
const pose = (...places: [number, number, number, number]) => {
  const [x1, y1, x2, y2] = places
  return { keypoints: [x1, y1, 1, x2, y2, 1], score: 1 }
}

describe('by heads', () => {
  test('within half a head, within a tenth of it, within a tenth of the box', () => {
    const sums = measurePoses(facts)
    sums.add(pose(14, 10, 20, 35), person)
    // The second joint is left out of means of heads; 4 of 8 pixels is half, 5 is more than a tenth of 40.
    expect(sums.values()).toEqual({ 'PCKh@0.5': 1, 'PCKh@0.1': 0, 'PCK@0.1': 0.5 })
    expect(sums.tables!()[0].rows).toEqual([
      ['a', '100.0 %'],
      ['b', '0.0 %'],
    ])
  })

  test('the headline is PCKh@0.5', () => {
    expect(metricsOf(facts).map(({ name }) => name)).toEqual(['PCKh@0.5', 'PCKh@0.1', 'PCK@0.1'])
  })
})

describe('by similarity', () => {
  const ofCoco: PoseFacts = { ...facts, metric: 'OKS', sigmas: [0.1, 0.1] }
  const large: Person = { ...person, box: [0, 0, 100, 100], area: 9000 }

  test('the people of one picture are matched with one another, in whatever order they come', () => {
    // Two people of a picture, each predicted where the other is: every prediction finds someone.
    const far: Person = { ...large, keypoints: [200, 10, 2, 200, 30, 2], box: [150, 0, 100, 100] }
    const [here, there] = [pose(10, 10, 20, 30), pose(200, 10, 200, 30)]
    const together = measurePoses(ofCoco)
    together.add(here, { ...far, picture: 1 })
    together.add(there, { ...large, picture: 1 })
    expect(together.values().AP).toBeCloseTo(1, 9)
    const apart = measurePoses(ofCoco)
    apart.add(here, far)
    apart.add(there, large)
    expect(apart.values().AP).toBe(0)
  })

  test('of nobody, the worst', () => {
    expect(Object.values(measurePoses(ofCoco).values())).toEqual(metricsOf(ofCoco).map(() => 0))
  })
})
