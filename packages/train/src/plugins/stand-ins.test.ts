/** The real stand-ins of the sign: their values and gradients, and that they do not freeze. */
import { createRegistry, type Quantizer } from '@onebit/core'
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { startEngine } from '../engine.ts'
import { plugins } from './index.ts'

beforeAll(async () => void (await startEngine('cpu')))

const registry = createRegistry([plugins])
const VALUES = [-3, -1.5, -1, -0.25, 0.5, 1, 2]

const cases: [string, (x: number) => number, (x: number) => number][] = [
  ['tanh', Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  ['clip', (x) => Math.max(-1, Math.min(1, x)), (x) => (Math.abs(x) <= 1 ? 1 : 0)],
  [
    'leaky-clip',
    (x) => (Math.abs(x) <= 1 ? x : Math.sign(x) * (1 + 0.1 * (Math.abs(x) - 1))),
    (x) => (Math.abs(x) <= 1 ? 1 : 0.1),
  ],
  ['relu', (x) => Math.max(x, 0), (x) => (x > 0 ? 1 : 0)],
]

describe.each(cases)('%s', (name, value, slope) => {
  const configured = registry.quantizer(name as never)
  const plugin: Quantizer = configured.plugin
  const context = (target: 'activation' | 'weight') =>
    ({ target, variables: {}, progress: 0.5, training: true, seed: 1 }) as const

  test.each(plugin.for)('stands in for %ss', (target) => {
    const x = tf.tensor1d(VALUES)
    const forward = quantize(x, configured, context(target)).dataSync()
    const gradient = tf
      .grad((input) => tf.sum(quantize(input, configured, context(target))))(x)
      .dataSync()
    for (const [index, input] of VALUES.entries()) {
      expect(forward[index]).toBeCloseTo(value(input), 6)
      expect(gradient[index]).toBeCloseTo(slope(input), 6)
    }
  })

  test('is real', () => {
    expect(plugin.thresholds).toBe('none')
    expect(() => plugin.freeze(configured.options, { target: 'activation', channels: 1, variables: {} })).toThrow(
      `'${name}' is real`,
    )
  })
})

test('a leaky clip has the slope that it is told', () => {
  const configured = registry.quantizer({ name: 'leaky-clip', slope: 0.25 })
  const context = { target: 'activation', variables: {}, progress: 0, training: true, seed: 1 } as const
  expect(Array.from(quantize(tf.tensor1d([3, -5]), configured, context).dataSync())).toEqual([1.5, -2])
})
