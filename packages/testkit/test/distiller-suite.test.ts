/** Small distillers pass. Distillers with one error fail in the right case. */
import '@tensorflow/tfjs-backend-cpu'
import { type Distiller, type DistillerVariable, defineDistiller } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, test } from 'vitest'
import { ConformanceError, distillerCases, failures, testDistiller } from '../src/index.ts'

const cut = (x: tf.Tensor): tf.Tensor =>
  tf.customGrad((value) => ({ value: tf.clone(value as tf.Tensor), gradFunc: (slope: tf.Tensor) => tf.zerosLike(slope) }))(x)

/** Mean square between a linear adapter's output for the student's tap and the teacher's tap. */
function distillerThat({
  sums = false,
  moves = false,
  leaks = false,
  cuts = false,
  offset = 0,
  ignoresVariable = false,
  doublesGradient = false,
  throws = false,
} = {}): Distiller {
  return defineDistiller({
    name: 'mean-square',
    options: { scale: { default: 1, min: 0 } },
    variables: ({ student, teacher }): Record<string, DistillerVariable> => {
      if (throws) throw new Error('no variables today')
      const [from, to] = [student.block.at(-1)!, teacher.block.at(-1)!]
      return from === to ? {} : { kernel: { shape: [from, to], deviation: 0.5 } }
    },
    loss: (student, teacher, { scale }, { variables }) => {
      const own = cuts ? cut(student.taps.block) : student.taps.block
      const [from, to] = [own.shape.at(-1)!, teacher.taps.block.shape.at(-1)!]
      const kernel = (ignoresVariable ? tf.ones([from, to]) : variables.kernel) as tf.Tensor2D
      const adapted = from === to ? own : tf.reshape(tf.matMul(tf.reshape(own, [-1, from]), kernel), teacher.taps.block.shape)
      const target = moves ? teacher.taps.block : cut(teacher.taps.block)
      const square = tf.square(tf.sub(adapted, target))
      if (leaks) tf.keep(tf.clone(square))
      const loss = tf.add(tf.mul(sums ? tf.sum(square) : tf.mean(square), scale), offset)
      if (!doublesGradient) return loss as tf.Scalar
      const doubled = tf.customGrad((x) => ({
        value: tf.clone(x as tf.Tensor),
        gradFunc: (slope: tf.Tensor) => tf.mul(slope, 2),
      }))
      return doubled(loss) as tf.Scalar
    },
  })
}

const outputs = defineDistiller({
  name: 'outputs',
  compares: 'outputs',
  loss: (student, teacher) => tf.mean(tf.square(tf.sub(student.outputs.scores.tensor, cut(teacher.outputs.scores.tensor)))),
})

testDistiller(distillerThat(), { test })
testDistiller(distillerThat(), { test, options: { scale: 3 }, taps: { student: [2, 2, 3], teacher: [2, 2, 5] } })
testDistiller(distillerThat({ offset: 1 }), { test, zeroAtTeacher: false })
testDistiller(outputs, { test, output: [3, 3, 2] })

const adapted = { student: [2, 2, 3], teacher: [2, 2, 5] }

describe('sabotage', () => {
  test.each([
    ['sums', distillerThat({ sums: true }), {}, /The loss of a batch is not the mean of its pictures' losses/],
    ['moves the teacher', distillerThat({ moves: true }), {}, /A gradient flows into the teacher/],
    ['leaks', distillerThat({ leaks: true }), {}, /Two losses leave 2 tensors behind/],
    ['cuts the gradient', distillerThat({ cuts: true }), {}, /No gradient reaches the student's tap/],
    ['is never 0', distillerThat({ offset: 1 }), {}, /A student that equals its teacher has a loss\. Expected 0, received 1/],
    ['doubles the gradient', distillerThat({ doublesGradient: true }), {}, /The gradient in the student's tap is not that of/],
    [
      'ignores its variable',
      distillerThat({ ignoresVariable: true }),
      { taps: adapted },
      /No gradient reaches the variable 'kernel'/,
    ],
    ['throws', distillerThat({ throws: true }), { taps: adapted }, /Its variables cannot be drawn\. Received an exception/],
  ])('%s', async (_, distiller, options, message) => {
    const failed = await failures(distillerCases(distiller, options))
    expect([...failed].map(([name, error]) => `${name}: ${error.message}`).join('\n')).toMatch(message)
    for (const error of failed.values()) expect(ConformanceError.isInstance(error)).toBe(true)
  })
})
