import { expect, test } from 'vitest'
import { evaluate } from './accuracy.ts'
import { argMax } from './class-scores.ts'

test('argMax takes the first of equal scores, within its bounds', () => {
  expect(argMax([9, 1, 3, 3, 2], 1, 5)).toBe(1)
  // Without the check, the second call would count to 2^53.
  for (const end of [6, Number.MAX_SAFE_INTEGER]) expect(() => argMax([1, 2, 3], 0, end)).toThrow(/'end'.*from 0 to 3/)
})

test('evaluate counts over batches of different sizes, and tells how far it is', async () => {
  const scores = [
    [0.9, 0.1, 0.2, 0.8],
    [0.6, 0.4],
  ]
  const batches = [
    { images: new Float32Array(2), annotations: [0, 0], count: 2 },
    { images: new Float32Array(1), annotations: [0], count: 1 },
  ]
  const seen: number[] = []
  const result = await evaluate(
    () => scores[seen.length],
    batches,
    (count) => seen.push(count),
  )
  expect(result).toEqual({ accuracy: 2 / 3, count: 3, predictions: [0, 1, 0] })
  expect(seen).toEqual([2, 3])
})

test('no images are never right', async () => {
  expect(await evaluate(() => [], [])).toEqual({ accuracy: 0, count: 0, predictions: [] })
})
