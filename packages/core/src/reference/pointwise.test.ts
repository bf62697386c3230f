/** Comparisons with several thresholds per channel, worked out by hand. */
import { expect, test } from 'vitest'
import { softmax, threshold } from './pointwise.ts'
import { maxPool } from './spatial.ts'
import type { ReferenceValue } from './values.ts'

/** The signs of pairs of values, one for each of two channels. */
function signsOf(pairs: readonly (readonly [number, number])[], thresholds: number[], perRow: number, first: number[]) {
  const input: ReferenceValue = { dtype: 'float32', shape: [2], data: Float32Array.from(pairs.flat()) }
  const output = { dtype: 'bit', shape: [2], data: new Int8Array(input.data.length) } as ReferenceValue
  threshold(input, Float32Array.from(thresholds), perRow, Int8Array.from(first), output)
  return Array.from({ length: pairs.length }, (_, pair) => [...output.data.slice(2 * pair, 2 * pair + 2)])
}

test('every channel has thresholds of its own, at which its sign flips', () => {
  const values = [
    [-1, 9],
    [0, 10],
    [0.5, 15],
    [1, 20],
    [15, 0],
  ] as const
  expect(signsOf(values, [0, 1, 10, 20], 2, [-1, 1])).toEqual([
    [-1, 1],
    [1, -1],
    [1, -1],
    [-1, 1],
    [-1, 1],
  ])
})

test('one row, or one first sign, serves all channels', () => {
  const values = [
    [-1, 5],
    [5, -1],
  ] as const
  expect(signsOf(values, [0, 10], 2, [-1])).toEqual([
    [-1, 1],
    [1, -1],
  ])
})

test('a softmax bears numbers whose exponentials have no end', () => {
  const input: ReferenceValue = { dtype: 'float32', shape: [3], data: Float32Array.of(1000, 1000, -1000, -500, -500, -500) }
  const output = { ...input, data: new Float32Array(6) }
  softmax(input, output)
  expect([...output.data]).toEqual([0.5, 0.5, 0, ...new Array(3).fill(expect.closeTo(1 / 3, 6))])
})

test('the largest of numbers far below 0 is the largest, and padding is none of them', () => {
  const input: ReferenceValue = { dtype: 'float32', shape: [2, 2, 1], data: Float32Array.of(-9, -8, -7, -6) }
  const output = { ...input, shape: [2, 2, 1], data: new Float32Array(4) }
  maxPool(input, { size: [2, 2], strides: [1, 1], padding: [1, 0, 1, 0] }, output, 1)
  expect([...output.data]).toEqual([-9, -8, -7, -6])
})
