/** Soft labels of scores that can be worked out by hand. */
import { createRegistry } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { softLabels } from './soft-labels.ts'

const registry = createRegistry([softLabels])

test('soft labels are zero for the same scores, and the divergence, a mean over the batch, otherwise', () => {
  const { plugin, options } = registry.resolve('distiller', { name: 'soft-labels', temperature: 2 })
  const scores = (...all: number[][]) => ({ taps: {}, outputs: { scores: { tensor: tf.tensor2d(all), isLogits: true } } })
  const context = { facts: {}, targets: {}, variables: {} }
  const lossOf = (student: number[][], teacher: number[][]): number =>
    plugin.loss(scores(...student), scores(...teacher), options, context).dataSync()[0]
  expect(lossOf([[1, 2]], [[1, 2]])).toBeCloseTo(0, 6)
  const softmax = (a: number, b: number): number[] => [Math.exp(a), Math.exp(b)].map((e) => e / (Math.exp(a) + Math.exp(b)))
  const [teacher, student] = [softmax(1.5, 0), softmax(0.5, 1)]
  const divergence = teacher.reduce((sum, p, i) => sum + p * Math.log(p / student[i]), 0)
  expect(lossOf([[1, 2]], [[3, 0]])).toBeCloseTo(4 * divergence, 4)
  // prettier-ignore
  expect(
    lossOf(
      [
        [1, 2],
        [1, 2],
      ],
      [
        [3, 0],
        [1, 2],
      ],
    ),
  ).toBeCloseTo((4 * divergence) / 2, 4)
})

test('soft labels of probabilities bear a 0 on either side', () => {
  const { plugin, options } = registry.resolve('distiller', 'soft-labels')
  const scores = (...one: number[]) => ({ taps: {}, outputs: { scores: { tensor: tf.tensor2d([one]), isLogits: false } } })
  const context = { facts: {}, targets: {}, variables: {} }
  const lossOf = (student: number[], teacher: number[]) =>
    plugin.loss(scores(...student), scores(...teacher), options, context).dataSync()[0]
  expect(lossOf([0, 1], [1, 0])).toBeCloseTo(-Math.log(1e-7), 2)
  expect(lossOf([0.5, 0.5], [0, 1])).toBeCloseTo(Math.log(2), 4)
})
