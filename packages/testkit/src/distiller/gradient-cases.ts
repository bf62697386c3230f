/** Gradients. Those of the student and of variables equal finite differences, and the teacher has none. */
import * as tf from '@tensorflow/tfjs-core'
import type { ConformanceCase } from '../conformance-case.ts'
import { attempt, require } from '../conformance-error.ts'
import type { Random } from '../random/random.ts'
import type { DistillerSubject, SideTensors, SideValues, Variables } from './subject.ts'

/** Number of values whose partial derivatives are compared. */
const PROBES = 24
const STEP = 2e-3
/** Share of the largest partial derivative. Float32 sums and the step cause errors of this size. */
const TOLERANCE = 0.05

interface Gradients {
  readonly student: Float32Array
  /** Absent if no gradient flows. */
  readonly teacher?: Float32Array
  readonly variables: Readonly<Record<string, Float32Array | undefined>>
}

/** The gradients of the loss with respect to the compared values. */
function gradientsOf(subject: DistillerSubject, student: SideValues, teacher: SideValues, variables: Variables): Gradients {
  const { compared } = subject
  return tf.tidy(() => {
    const [own, theirs] = [subject.tensors(student, 'student'), subject.tensors(teacher, 'teacher')]
    const [x, y] = [tf.variable(own[compared]), tf.variable(theirs[compared])]
    const put = (side: SideTensors, value: tf.Tensor): SideTensors => ({ ...side, [compared]: value })
    const { grads } = tf.variableGrads(
      () => subject.loss(put(own, x), put(theirs, y), variables),
      [x, y, ...Object.values(variables)],
    )
    const read = (variable: tf.Variable): Float32Array | undefined => {
      const gradient = grads[variable.name]?.dataSync()
      return gradient && Float32Array.from(gradient)
    }
    const result = {
      student: read(x) ?? new Float32Array(x.size),
      teacher: read(y),
      variables: Object.fromEntries(Object.entries(variables).map(([name, variable]) => [name, read(variable)])),
    }
    tf.dispose([x, y])
    return result
  })
}

/** The slopes on both sides of a value, from changing it. */
function slopes(values: Float32Array, place: number, loss: () => number): readonly [left: number, right: number] {
  const before = values[place]
  const at = (value: number): number => {
    values[place] = value
    return loss()
  }
  const [low, here, high] = [at(before - STEP), at(before), at(before + STEP)]
  values[place] = before
  return [(here - low) / STEP, (high - here) / STEP]
}

/** Compares partial derivatives of some values with finite differences. Values at which the slope jumps are skipped. */
function compareSlopes(what: string, random: Random, values: Float32Array, gradient: Float32Array, loss: () => number): void {
  const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  require(gradient.every(Number.isFinite) && largest > 0, () => ({
    what: `No gradient reaches ${what}.`,
    expected: 'finite numbers, not all 0',
  }))
  let compared = 0
  for (let probe = 0; probe < PROBES; probe++) {
    const place = random.integer(0, values.length - 1)
    const [left, right] = slopes(values, place, loss)
    const [slope, bend] = [(left + right) / 2, Math.abs(right - left)]
    if (bend > 0.08 * largest + 2e-4) continue
    compared++
    require(Math.abs(slope - gradient[place]) <= TOLERANCE * largest + 1e-4, () => ({
      what: `The gradient in ${what} is not that of finite differences.`,
      expected: `${slope} at ${place}`,
      received: `${gradient[place]}`,
    }))
  }
  require(compared >= PROBES / 4, () => ({
    what: `The loss is too rough in ${what} for finite differences.`,
    expected: `slopes that hold for a step of ${STEP}`,
  }))
}

export function gradientCases(subject: DistillerSubject, random: Random): ConformanceCase[] {
  const { compared } = subject
  const both = (): readonly [SideValues, SideValues] => [subject.draw(random, 'student'), subject.draw(random, 'teacher')]
  const gradients = (student: SideValues, teacher: SideValues, variables: Variables): Promise<Gradients> =>
    attempt('Backpropagation through it fails.', () => gradientsOf(subject, student, teacher, variables))
  const withVariables = async (run: (variables: Variables) => Promise<void>): Promise<void> => {
    const variables = subject.variables(random)
    try {
      await run(variables)
    } finally {
      tf.dispose(Object.values(variables))
    }
  }

  return [
    {
      name: "the student's gradient is that of finite differences",
      run: () =>
        withVariables(async (variables) => {
          const [student, teacher] = both()
          const { student: gradient } = await gradients(student, teacher, variables)
          const loss = (): number => subject.value(student, teacher, variables)
          compareSlopes(`the student's ${compared}`, random, student[compared], gradient, loss)
        }),
    },
    {
      name: 'every variable has the gradient of finite differences',
      run: () =>
        withVariables(async (variables) => {
          const [student, teacher] = both()
          const found = await gradients(student, teacher, variables)
          for (const [name, variable] of Object.entries(variables)) {
            const gradient = found.variables[name] ?? new Float32Array(variable.size)
            const values = Float32Array.from(variable.dataSync())
            const loss = (): number => {
              tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)))
              return subject.value(student, teacher, variables)
            }
            compareSlopes(`the variable '${name}'`, random, values, gradient, loss)
            loss()
          }
        }),
    },
    {
      name: 'no gradient flows into the teacher',
      run: () =>
        withVariables(async (variables) => {
          const { teacher: gradient } = await gradients(...both(), variables)
          require(!gradient || gradient.every((value) => value === 0), () => ({
            what: 'A gradient flows into the teacher, which is fixed.',
            expected: 'none',
            fix: 'Cut it off, as `fixed` of @onebit/kd does.',
          }))
        }),
    },
    {
      name: 'a student that equals its teacher has nowhere to go',
      run: () =>
        withVariables(async (variables) => {
          const same = subject.shapes.student.join() === subject.shapes.teacher.join()
          if (!same || Object.keys(variables).length > 0) return
          const teacher = subject.draw(random, 'teacher')
          const { student: gradient } = await gradients(teacher, teacher, variables)
          const largest = gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
          require(largest <= 1e-4, () => ({
            what: 'A student that equals its teacher has a gradient.',
            expected: '0',
            received: `${largest}`,
          }))
        }),
    },
  ]
}
