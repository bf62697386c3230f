/** The loss: a scalar, a mean over the batch, 0 if nothing is left to learn. */
import { completeOptions, OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import { BATCH, type DistillerSubject, type SideTensors, type Variables } from './subject.ts'

const close = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-5 * (1 + Math.abs(a) + Math.abs(b))

export function valueCases(subject: DistillerSubject, random: Random): ConformanceCase[] {
  const { distiller, suite } = subject
  /** Runs with variables, then frees them. */
  const withVariables = async (run: (variables: Variables) => void | Promise<void>): Promise<void> => {
    const variables = await attempt('Its variables cannot be drawn.', () => subject.variables(random))
    try {
      await run(variables)
    } finally {
      tf.dispose(Object.values(variables))
    }
  }

  return [
    {
      name: 'refuses options that it does not have',
      async run() {
        let refused: unknown
        try {
          completeOptions(distiller, { ...suite.options, noSuchOption: 1 })
        } catch (error) {
          refused = error
        }
        require(OptionError.isInstance(refused), () => ({
          what: 'An unknown option is not refused.',
          expected: 'an OptionError',
        }))
      },
    },
    {
      name: 'is a finite scalar of at least 0',
      run: () =>
        withVariables(async (variables) => {
          const [student, teacher] = [subject.draw(random, 'student'), subject.draw(random, 'teacher')]
          const { shape, value } = await attempt('The loss fails.', () =>
            tf.tidy(() => {
              const loss = subject.loss(subject.tensors(student, 'student'), subject.tensors(teacher, 'teacher'), variables)
              return { shape: loss.shape, value: loss.dataSync()[0] }
            }),
          )
          require(shape.length === 0 && Number.isFinite(value) && value >= 0, () => ({
            what: 'The loss is not a finite scalar of at least 0.',
            received: `[${shape}] ${value}`,
          }))
        }),
    },
    {
      name: 'is 0 where the student equals its teacher, and more where it does not',
      run: () =>
        withVariables((variables) => {
          const same = subject.shapes.student.join() === subject.shapes.teacher.join()
          const teacher = subject.draw(random, 'teacher')
          const other = subject.value(subject.draw(random, 'student'), teacher, variables)
          require(other > 1e-4, () => ({ what: 'A student that differs from its teacher has no loss.', received: `${other}` }))
          if (suite.zeroAtTeacher === false || !same || Object.keys(variables).length > 0) return
          const loss = subject.value(teacher, teacher, variables)
          require(Math.abs(loss) <= 1e-5, () => ({
            what: 'A student that equals its teacher has a loss.',
            expected: '0',
            received: `${loss}`,
            fix: 'Say `zeroAtTeacher: false` where that is meant.',
          }))
        }),
    },
    {
      name: 'is a mean over the batch, so that threads may share it out',
      run: () =>
        withVariables((variables) => {
          const [student, teacher] = [subject.draw(random, 'student'), subject.draw(random, 'teacher')]
          const part = (side: SideTensors, begin: number, count: number): SideTensors => {
            const rows = (x: tf.Tensor): tf.Tensor => tf.slice(x, [begin], [count])
            return { output: rows(side.output), tap: rows(side.tap) }
          }
          const lossOf = (begin: number, count: number): number =>
            tf.tidy(() => {
              const sides = [subject.tensors(student, 'student'), subject.tensors(teacher, 'teacher')].map((side) =>
                part(side, begin, count),
              )
              return subject.loss(sides[0], sides[1], variables).dataSync()[0]
            })
          const whole = lossOf(0, BATCH)
          // Threads receive parts of different sizes.
          const mean = (1 * lossOf(0, 1) + (BATCH - 1) * lossOf(1, BATCH - 1)) / BATCH
          require(close(whole, mean), () => ({
            what: "The loss of a batch is not the mean of its pictures' losses.",
            expected: `${mean}`,
            received: `${whole}`,
            fix: 'Take the mean of each picture first, then that of the batch.',
          }))
        }),
    },
    {
      name: 'leaves no tensor behind',
      run: () =>
        withVariables((variables) => {
          const [student, teacher] = [subject.draw(random, 'student'), subject.draw(random, 'teacher')]
          subject.value(student, teacher, variables)
          const before = tf.memory().numTensors
          for (let call = 0; call < 2; call++) subject.value(student, teacher, variables)
          const left = tf.memory().numTensors - before
          require(left === 0, () => ({ what: `Two losses leave ${left} tensors behind.`, expected: 'none' }))
        }),
    },
  ]
}
