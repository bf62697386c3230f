/** Refused values of tensors, in graphs small enough to show all their values. */

import { floatTensor } from '@onebit/testkit/random'
import { expect, test } from 'vitest'
import type { GraphTensor } from '../graph/graph.ts'
import { GraphBuilder } from '../graph/graph-builder.ts'
import { findBadValues } from './check-values.ts'

const first: GraphTensor = { dtype: 'bit', shape: [1], data: Uint8Array.of(0) }

/** Two channels compared with two thresholds each. */
function compared(thresholds: number[]): GraphBuilder {
  const builder = new GraphBuilder()
  builder.input('x', [2])
  builder.node('threshold', { name: 'bits', inputs: ['x'], tensors: { thresholds: floatTensor([2, 2], thresholds), first } })
  builder.output('y', 'bits')
  return builder
}

const found = (builder: GraphBuilder) => findBadValues(builder.build())

test('thresholds ascend within each row, and only there', () => {
  expect(found(compared([0, 1, 2, 3]))).toBeUndefined()
  expect(found(compared([5, 5, -1, 0]))).toBeUndefined()
  expect(found(compared([1, 0, 2, 3]))).toMatchObject({ tensor: 'bits.thresholds', received: '1, then 0, in row 0' })
  expect(found(compared([0, 1, 3, 2]))).toMatchObject({ tensor: 'bits.thresholds', received: '3, then 2, in row 1' })
})

test('a threshold may be infinite, a tensor that is a scale as well may not', () => {
  expect(found(compared([0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0]))).toBeUndefined()
  const builder = new GraphBuilder()
  builder.input('x', [2])
  builder.node('constant', { name: 'one', tensors: { value: floatTensor([1, 2], [0, Number.POSITIVE_INFINITY]) } })
  builder.node('threshold', { name: 'bits', inputs: ['x'], tensors: { thresholds: 'one.value', first } })
  builder.output('y', 'bits')
  expect(found(builder)).toMatchObject({ tensor: 'one.value', expected: 'finite numbers' })
})
