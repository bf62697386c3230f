/** Each optimizer against its closed form over three steps: on the wasm engine, where Adam is fused, and in plain JavaScript. */
import { createRegistry } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { TEST_ENGINE } from '../../test/test-engine.ts'
import { startEngine } from '../engine.ts'
import { withTrainingPlugins } from '../plugins/index.ts'
import { createOptimizer, resolveOptimizer } from './create-optimizer.ts'
import { Optimizer, type Update } from './optimizer.ts'
import { defineOptimizer, type OptimizerReference } from './optimizer-plugin.ts'

const START = [0.5, -1, 2, -0.25]
const GRADIENTS = [
  [0.1, -0.2, 0.3, 0],
  [-0.4, 0.1, 0.2, 0.5],
  [0.3, 0.3, -0.6, -0.1],
]
const RATE = 0.05
const DECAY = 0.1

const make = (reference: OptimizerReference): Optimizer =>
  createOptimizer(resolveOptimizer(reference, withTrainingPlugins(undefined)), DECAY)

async function optimize(reference: OptimizerReference, { binary = false, resumeAt = -1 } = {}): Promise<number[]> {
  let optimizer = make(reference)
  const variable = tf.tidy(() => tf.variable(tf.tensor1d(START)))
  for (const [step, values] of GRADIENTS.entries()) {
    if (step === resumeAt) {
      const state = await optimizer.state()
      optimizer.dispose()
      optimizer = make(reference)
      optimizer.restore(state)
    }
    const gradient = tf.tensor1d(values)
    optimizer.apply([{ name: 'w', variable, gradient, binary, decays: true }], RATE, 1)
    gradient.dispose()
  }
  const result = Array.from(variable.dataSync())
  variable.dispose()
  optimizer.dispose()
  return result
}

function adam(decoupled: boolean, epsilon = 1e-7): number[] {
  return START.map((start, i) => {
    let [w, m, v] = [start, 0, 0]
    GRADIENTS.forEach((values, step) => {
      const g = values[i] + (decoupled ? 0 : DECAY * w)
      if (decoupled) w -= RATE * DECAY * w
      m = 0.9 * m + 0.1 * g
      v = 0.999 * v + 0.001 * g * g
      w -= (RATE * (m / (1 - 0.9 ** (step + 1)))) / (Math.sqrt(v / (1 - 0.999 ** (step + 1))) + epsilon)
    })
    return w
  })
}

function sgd(nesterov = false): number[] {
  return START.map((start, i) => {
    let [w, velocity] = [start, 0]
    for (const values of GRADIENTS) {
      const gradient = values[i] + DECAY * w
      velocity = 0.9 * velocity + gradient
      w -= RATE * (nesterov ? gradient + 0.9 * velocity : velocity)
    }
    return w
  })
}

/** Algorithm 1 of arXiv 1906.02107, flips written out. */
function bop(gamma: number, threshold: number): number[] {
  return START.map((start, i) => {
    let [w, m] = [start >= 0 ? 1 : -1, 0]
    for (const values of GRADIENTS) {
      m = (1 - gamma) * m + gamma * values[i]
      if (Math.abs(m) > threshold && Math.sign(m) === w) w = -w
    }
    return w
  })
}

describe.each([TEST_ENGINE, 'cpu'] as const)('on %s', (engine) => {
  const cases: [OptimizerReference, number[], boolean][] = [
    ['sgd', sgd(), false],
    [{ name: 'sgd', nesterov: true }, sgd(true), false],
    ['adam', adam(false), false],
    ['adamw', adam(true), false],
    [{ name: 'adam', epsilon: 0.25 }, adam(false, 0.25), false],
    [{ name: 'bop', gamma: 0.5, threshold: 0.08 }, bop(0.5, 0.08), true],
    [{ name: 'bop', rest: 'sgd' }, sgd(), false],
  ]

  test.each(cases)('%j takes the steps of its paper', async (reference, expected, binary) => {
    await startEngine(engine)
    const before = tf.memory().numTensors
    const result = await optimize(reference, { binary })
    for (const [i, value] of expected.entries()) expect(result[i]).toBeCloseTo(value, 5)
    expect(await optimize(reference, { binary, resumeAt: 2 })).toEqual(result)
    expect(tf.memory().numTensors).toBe(before)
  })
})

/** One binary weight, whose gradient is always 1: its mean is `1 - (1 - gamma)^steps`. */
async function momentumAfter(steps: number, factor: number, scheduled: boolean): Promise<number> {
  const optimizer = make({ name: 'bop', gamma: 0.1, scheduled })
  const variable = tf.tidy(() => tf.variable(tf.tensor1d([1])))
  const gradient = tf.tensor1d([1])
  for (let step = 0; step < steps; step++) {
    optimizer.apply([{ name: 'w', variable, gradient, binary: true, decays: true }], RATE, factor)
  }
  const { slots } = await optimizer.state()
  tf.dispose([variable, gradient])
  optimizer.dispose()
  return slots.get('w:momentum')!.data[0]
}

test("Bop's gamma follows the schedule only with the option", async () => {
  await startEngine(TEST_ENGINE)
  expect(await momentumAfter(3, 0.5, false)).toBeCloseTo(1 - 0.9 ** 3, 6)
  expect(await momentumAfter(3, 0.5, true)).toBeCloseTo(1 - 0.95 ** 3, 6)
})

/** An optimizer of steps with a fixed length, and the weights that Bop leaves to it. */
class SignStep extends Optimizer {
  readonly #length: number

  constructor(length: number) {
    super()
    this.#length = length
  }

  protected override update({ variable, gradient }: Update): void {
    variable.assign(tf.sub(variable, tf.mul(tf.sign(gradient), this.#length)))
  }
}

const signStep = defineOptimizer({
  name: 'sign-step',
  options: { length: { default: 0.25, min: 0 } },
  create: ({ length }) => new SignStep(length),
})

test('an optimizer of another package is found by its name, and by Bop', async () => {
  await startEngine(TEST_ENGINE)
  const registry = withTrainingPlugins(createRegistry([signStep]))
  const cases = [
    { name: 'sign-step', length: 0.5 },
    { name: 'bop', rest: { name: 'sign-step', length: 0.5 } },
  ] as const
  for (const reference of cases) {
    const optimizer = createOptimizer(resolveOptimizer(reference as never, registry), 0)
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, 1])))
    const gradient = tf.tensor1d([0.1, -3])
    optimizer.apply([{ name: 'w', variable, gradient, binary: false, decays: true }], RATE, 1)
    expect(Array.from(variable.dataSync())).toEqual([0.5, 1.5])
    tf.dispose([variable, gradient])
    optimizer.dispose()
  }
  expect(() => resolveOptimizer('sign-stop' as never, registry)).toThrow(/Did you mean 'sign-step'/)
})
