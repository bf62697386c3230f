/** The loss on maps that can be worked out by hand. */
import { createRegistry, type DistilledTensors } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { expect, test } from 'vitest'
import { attentionMatching } from './attention-matching.ts'

const registry = createRegistry([attentionMatching])

const tapped = (taps: Record<string, tf.Tensor>): DistilledTensors => ({ taps, outputs: {} })
const context = { facts: {}, targets: {}, variables: {} }

/** One image of 1x2 pixels with two channels. */
const activation = (...values: number[]): tf.Tensor => tf.tensor4d(values, [1, 1, 2, 2])

function lossOf(form: string, student: Record<string, tf.Tensor>, teacher: Record<string, tf.Tensor>): number {
  const { plugin, options } = registry.resolve('distiller', { name: 'attention-matching', form })
  return tf.tidy(() => plugin.loss(tapped(student), tapped(teacher), options, context).dataSync()[0])
}

test('maps of the same shape match, whatever their scale', () => {
  for (const form of ['paper', 'maximum']) {
    expect(lossOf(form, { a: activation(1, 2, 3, 4) }, { a: activation(2, 4, 6, 8) })).toBeCloseTo(0, 5)
    // Only the sum over channels counts.
    expect(lossOf(form, { a: activation(3, 4, 1, 0) }, { a: activation(5, 0, 0, 1) })).toBeCloseTo(0, 5)
  }
})

test('paper: distance of unit maps, summed over taps; maximum: mean square, averaged over taps', () => {
  // Maps [1, 0] and [0, 4]: unit vectors at a right angle.
  const [student, teacher] = [activation(1, 0, 0, 0), activation(0, 0, 2, 0)]
  expect(lossOf('paper', { a: student }, { a: teacher })).toBeCloseTo(Math.SQRT2, 5)
  expect(lossOf('paper', { a: student, b: student }, { a: teacher, b: teacher })).toBeCloseTo(2 * Math.SQRT2, 5)
  expect(lossOf('maximum', { a: student, b: student }, { a: teacher, b: student })).toBeCloseTo(0.5, 5)
})

test('the gradient is finite where a map is zero and where maps agree', () => {
  for (const values of [
    [0, 0, 0, 0],
    [1, 0, 2, 0],
  ]) {
    const slope = tf.tidy(() => {
      const { plugin, options } = registry.resolve('distiller', 'attention-matching')
      const teacher = activation(1, 0, 2, 0)
      return tf
        .grad((x: tf.Tensor) => plugin.loss(tapped({ a: x }), tapped({ a: teacher }), options, context))(activation(...values))
        .dataSync()
    })
    expect(Array.from(slope).every(Number.isFinite), values.join()).toBe(true)
  }
})
