/** The conformance suite on this task, and the task's own texts. */
import { failures, taskCases, testTask } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs'
import '@tensorflow/tfjs-backend-wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { runtime } from './classification-runtime.ts'
import { classification } from './classification-task.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const numbered = (count: number) => ({ classes: Array.from({ length: count }, (_, index) => `class ${index}`) })

/** A probability of 1 for the right class. */
const perfect = (label: unknown, { scores: [classes] }: Readonly<Record<string, readonly number[]>>) => ({
  scores: Float32Array.from({ length: classes }, (_, index) => Number(index === label)),
})

testTask(classification, { test, facts: numbered(4), annotations: [2, 0, 3], wrong: [4, -1, 0.5, 'class 1'], perfect })

test('on the backend that trains in WebAssembly, too', async () => {
  await tf.setBackend('wasm')
  try {
    expect(await failures(taskCases(classification, { facts: numbered(4), annotations: [2, 0], perfect }))).toEqual(new Map())
  } finally {
    await tf.setBackend('cpu')
  }
})

test('of more than ten classes, too', async () => {
  expect(await failures(taskCases(classification, { facts: numbered(30), annotations: [29, 7], perfect }))).toEqual(new Map())
})

describe('expand', () => {
  const expand = (labelSmoothing: number): number[] => {
    const { label } = classification.expand!({ label: tf.tensor1d([1], 'int32') }, numbered(4), { labelSmoothing })
    return Array.from(label.dataSync())
  }
  test('smoothing takes a share of the label and spreads it over all classes', () => {
    expect(expand(0)).toEqual([0, 1, 0, 0])
    expect(expand(0.2)).toEqual([0.05, 0.85, 0.05, 0.05].map((value) => expect.closeTo(value, 6)))
  })
})

describe('cross-entropy', () => {
  test('is the same on logits and on probabilities', () => {
    const logits = tf.tensor2d([
      [1, -2, 0.5],
      [0, 3, 1],
    ])
    const label = tf.tensor2d([
      [1, 0, 0],
      [0.25, 0.5, 0.25],
    ])
    const [loss] = classification.losses
    const value = (tensor: tf.Tensor, isLogits: boolean): number =>
      loss.loss({ scores: { tensor, isLogits } }, { label }, {}, { facts: numbered(3) }).dataSync()[0]
    const expected =
      -[
        [1, 0, 0],
        [0.25, 0.5, 0.25],
      ]
        .flatMap((row, index) => {
          const scores = [
            [1, -2, 0.5],
            [0, 3, 1],
          ][index]
          const sum = scores.reduce((total, score) => total + Math.exp(score), 0)
          return row.map((share, column) => share * Math.log(Math.exp(scores[column]) / sum))
        })
        .reduce((total, term) => total + term) / 2
    expect(value(logits, true)).toBeCloseTo(expected, 5)
    expect(value(tf.softmax(logits), false)).toBeCloseTo(expected, 5)
  })
})

test('a probability of 0 costs much, and not without end', () => {
  const one = { scores: { tensor: tf.tensor2d([[0, 1]]), isLogits: false } }
  const loss = classification.losses[0].loss(one, { label: tf.tensor2d([[1, 0]]) }, {}, { facts: numbered(2) })
  expect(loss.dataSync()[0]).toBeCloseTo(-Math.log(1e-7), 3)
})

describe('metrics', () => {
  const facts = numbered(12)
  const scores = (best: number, second: number): { scores: number[] } => ({
    scores: facts.classes.map((_, index) => (index === best ? 0.6 : index === second ? 0.3 : 0.01)),
  })

  test('accuracy and top-5, tables per class and of confusions', () => {
    const sums = runtime.measure(facts)
    sums.add(scores(3, 4), 3)
    sums.add(scores(3, 4), 4)
    sums.add(scores(3, 4), 11)
    expect(sums.values()).toEqual({ accuracy: 1 / 3, 'top-5 accuracy': 2 / 3 })
    const [perClass, confusion] = sums.tables!()
    expect(perClass.rows[3]).toEqual(['class 3', '1', '100.0 %', '33.3 %'])
    expect(confusion.rows[4].slice(1)).toEqual(facts.classes.map((_, index) => `${Number(index === 3)}`))
  })

  test('eleven classes have a top 5, ten have none; twenty have a matrix, twenty-one have none', () => {
    const metricsOf = (count: number) => runtime.metrics(numbered(count)).map(({ name }) => name)
    expect([10, 11].map(metricsOf)).toEqual([['accuracy'], ['accuracy', 'top-5 accuracy']])
    const titleOf = (count: number) => runtime.measure(numbered(count)).tables!()[1].title
    expect([20, 21].map(titleOf)).toEqual(['Confusion: rows are labels, columns predictions', 'Most frequent confusions'])
  })

  test('many classes list their most frequent confusions instead of a matrix', () => {
    const many = numbered(21)
    const sums = runtime.measure(many)
    for (let time = 0; time < 3; time++) sums.add({ scores: many.classes.map((_, index) => Number(index === 20)) }, 5)
    sums.add({ scores: many.classes.map((_, index) => Number(index === 1)) }, 5)
    expect(sums.tables!()[1].rows).toEqual([
      ['class 5', 'class 20', '3'],
      ['class 5', 'class 1', '1'],
    ])
  })
})
