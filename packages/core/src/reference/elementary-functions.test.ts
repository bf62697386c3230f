import { Random, SEED } from '@onebit/testkit/random'
import { expect, it, test } from 'vitest'
import { nextDown, nextUp } from '../contracts/float32-order.ts'
import { ACTIVATION_FUNCTIONS, type ActivationFunction } from '../graph/ops/pointwise.ts'
import { ACTIVATIONS } from './pointwise.ts'

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The functions in float64, and the largest errors that the docstrings state. */
const EXACT = {
  exp: [Math.exp, 1.17],
  sigmoid: [sigmoid, 2.49],
  swish: [(x: number) => x * sigmoid(x), 2.47],
  tanh: [Math.tanh, 2.66],
  softplus: [(x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 2.9],
  softsign: [(x: number) => x / (1 + Math.abs(x)), 1.5],
  'hard-swish': [(x: number) => x * (Math.min(Math.max(x + 3, 0), 6) / 6), 2.49],
} as const satisfies Partial<Record<ActivationFunction, readonly [(x: number) => number, number]>>

/** Least size of a result for which errors count in units in the last place. */
const LEAST = 2 ** -121
const LARGEST = 2 ** 128 - 2 ** 104

/** Both signs of every exponent with both ends and many fractions between, then common sizes more densely. */
function* samples(): Generator<number> {
  const random = new Random(SEED)
  for (let exponent = -149; exponent < 128; exponent++) {
    for (let i = 0; i < 60; i++) {
      const x = Math.fround(2 ** exponent * (i === 0 ? 1 : 1 + random.next()))
      yield* [x, -x, nextDown(x), -nextDown(x)]
    }
  }
  for (let i = 0; i < 100_000; i++) yield Math.fround((random.next() * 2 - 1) * 2 ** random.integer(-2, 7))
}

it.each(Object.keys(EXACT) as (keyof typeof EXACT)[])('%s has the stated error', (name) => {
  const [exact, bound] = EXACT[name]
  for (const x of samples()) {
    const value = exact(x)
    const magnitude = Math.abs(value)
    if (!(magnitude >= LEAST && magnitude <= LARGEST)) continue
    const rounded = Math.fround(magnitude)
    const error = Math.abs(ACTIVATIONS[name](x) - value) / (nextUp(rounded) - rounded)
    // Written so that NaN fails.
    if (!(error <= bound)) expect.fail(`${name}(${x}) is off by ${error} steps, ONEBIT_SEED=${SEED}`)
  }
})

test('hard sigmoid is off by less than 2^-23', () => {
  let largest = 0
  for (const x of samples()) {
    const exact = Math.min(Math.max(0.2 * x + 0.5, 0), 1)
    largest = Math.max(largest, Math.abs(ACTIVATIONS['hard-sigmoid'](x) - exact))
  }
  expect(largest).toBeLessThan(2 ** -23)
})

it.each(ACTIVATION_FUNCTIONS)('%s gives float32', (name) => {
  for (const x of samples()) {
    const result = ACTIVATIONS[name](x)
    if (!Object.is(Math.fround(result), result)) expect.fail(`${name}(${x}) is ${result}, ONEBIT_SEED=${SEED}`)
  }
})

const { POSITIVE_INFINITY: infinity, NaN: none } = Number

test.each([
  { name: 'exp', zero: [1, 1], infinite: [infinity, 0] },
  { name: 'sigmoid', zero: [0.5, 0.5], infinite: [1, 0] },
  { name: 'swish', zero: [0, -0], infinite: [infinity, none] },
  { name: 'tanh', zero: [0, -0], infinite: [1, -1] },
  { name: 'softplus', zero: [Math.fround(Math.LN2), Math.fround(Math.LN2)], infinite: [infinity, 0] },
  { name: 'softsign', zero: [0, -0], infinite: [none, none] },
  { name: 'hard-sigmoid', zero: [0.5, 0.5], infinite: [1, 0] },
  { name: 'hard-swish', zero: [0, -0], infinite: [infinity, none] },
] as const)('$name of zeros, infinities and NaN', ({ name, zero, infinite }) => {
  const f = ACTIVATIONS[name]
  expect([f(0), f(-0)]).toEqual(zero)
  expect([f(infinity), f(-infinity)]).toEqual(infinite)
  expect(f(none)).toBeNaN()
})

test('the exponential goes to 0 where it would be below 2^-125.5, and overflows where it must', () => {
  const least = -125.5 * Math.LN2
  expect(ACTIVATIONS.exp(Math.fround(least) + 1e-5)).toBeGreaterThan(2 ** -125.51)
  expect(ACTIVATIONS.exp(Math.fround(least) - 1e-5)).toBe(0)
  const largest = Math.fround(128 * Math.LN2)
  expect(ACTIVATIONS.exp(nextDown(largest))).toBeLessThan(infinity)
  expect(ACTIVATIONS.exp(nextUp(largest))).toBe(infinity)
})

test('small numbers keep their relative precision', () => {
  for (const x of [1e-45, 3e-39, 1e-20, 1e-8]) {
    const float = Math.fround(x)
    expect(ACTIVATIONS.tanh(float)).toBe(float)
    expect(ACTIVATIONS.softsign(float)).toBe(Math.fround(float / Math.fround(1 + float)))
  }
})

test('hard swish is x from 3 on', () => {
  for (const x of [3, 3.3, 1e10, 3.4e38]) expect(ACTIVATIONS['hard-swish'](Math.fround(x))).toBe(Math.fround(x))
})
