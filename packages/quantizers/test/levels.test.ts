/** The levels of weight quantizers, computed by hand from their papers' formulas, and frozen levels at the threshold itself. */
import { completeOptions, frozenValue, nextDown, nextUp, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import * as q from '../src/index.ts'
import { mean, signOf } from './closed-forms.ts'

beforeAll(async () => void (await tf.setBackend('cpu')))

const first = [1, -0.2, 0.5, -0.9]
const second = [0.1, 0.36, 0.2, 0.7]

/** The columns of a kernel with two output channels, quantized. */
function quantized(plugin: Quantizer, options: Readonly<Record<string, unknown>> = {}, columns = [first, second]): number[][] {
  const context = { target: 'weight', variables: {}, progress: 1, training: true, seed: 1 } as const
  return tf.tidy(() => {
    const kernel = tf.transpose(tf.tensor2d(columns))
    const levels = plugin.forward(kernel, completeOptions(plugin, options), context)
    return tf.transpose(levels).arraySync() as number[][]
  })
}

const magnitude = (weights: readonly number[]): number => mean(weights.map(Math.abs))
const centered = (weights: readonly number[]): number[] => weights.map((weight) => weight - mean(weights))
const deviation = (weights: readonly number[]): number => Math.sqrt(mean(centered(weights).map((weight) => weight ** 2)))
const close = (levels: readonly number[]) => levels.map((level) => expect.closeTo(level, 5))

describe('levels', () => {
  test('of magnitude-aware-sign and xnor: the mean magnitude of a filter, or of all', () => {
    const perChannel = [first, second].map((weights) => close(weights.map((weight) => signOf(weight) * magnitude(weights))))
    expect(quantized(q.magnitudeAwareSign)).toEqual(perChannel)
    expect(quantized(q.xnor)).toEqual(perChannel)
    const all = magnitude([...first, ...second])
    expect(quantized(q.magnitudeAwareSign, { scale: 'per-tensor' })).toEqual(
      [first, second].map((weights) => close(weights.map((weight) => signOf(weight) * all))),
    )
    const balanced = [first, second].map(centered)
    expect(quantized(q.xnor, { center: true })).toEqual(
      balanced.map((weights) => close(weights.map((weight) => signOf(weight) * magnitude(weights)))),
    )
  })

  test('of ternary-weight: 0 below 0.7 of the mean magnitude of all, else the mean magnitude of the kept', () => {
    // The mean is 0.495, so the threshold is 0.3465, just below 0.36.
    const scale = mean([1, 0.5, 0.9, 0.36, 0.7])
    expect(quantized(q.ternaryWeight)).toEqual([close([scale, 0, scale, -scale]), close([0, scale, 0, scale])])
    expect(quantized(q.ternaryWeight, { scaled: false })).toEqual([close([1, 0, 1, -1]), close([0, 1, 0, 1])])
  })

  test('of libra: the power of 2 that is nearest the mean magnitude of standardized weights', () => {
    const sparse = [8, 0, 0, 0, 0, 0, 0, 0]
    const even = [1, -1, 1, -1, 1, -1, 1, -1]
    // The standardized sparse filter has a mean magnitude of 0.661. Its logarithm is nearer to that of 1/2 than to that of 1.
    expect(quantized(q.libra, {}, [sparse, even])).toEqual([close(sparse.map((x) => (x > 1 ? 0.5 : -0.5))), close(even)])
  })

  test('of adabin: one standard deviation on either side of the mean', () => {
    expect(quantized(q.adabin)).toEqual(
      [first, second].map((weights) =>
        close(weights.map((weight) => mean(weights) + signOf(weight - mean(weights)) * deviation(weights))),
      ),
    )
  })
})

test('weights that are all 0, or all the same, have finite levels and gradients', () => {
  const context = { target: 'weight', variables: {}, progress: 0.5, training: true, seed: 1 } as const
  const plugins = [q.dorefa, q.ternaryWeight, q.libra, q.adabin, q.xnor, q.magnitudeAwareSign]
  for (const plugin of plugins) {
    const options = completeOptions(plugin)
    for (const value of [0, 0.25]) {
      const weights = tf.fill([4, 2], value)
      const slope = (x: tf.Tensor) => (plugin.surrogate ? tf.grad((w) => plugin.surrogate!(w, options, context))(x) : x)
      const pairs = { levels: plugin.forward(weights, options, context), slope: slope(weights) }
      for (const [what, tensor] of Object.entries(pairs)) {
        expect(Array.from(tensor.dataSync()).every(Number.isFinite), `${what} of ${plugin.name} at ${value}`).toBe(true)
      }
      const stated = plugin.gradient?.(weights, options, context)
      if (stated) expect(Array.from(stated.dataSync()).every(Number.isFinite), `gradient of ${plugin.name}`).toBe(true)
    }
  }
})

test("adabin's frozen activations compare like trained ones, also with a negative learned distance", () => {
  for (const distance of [2, -2]) {
    for (const form of ['paper', 'code'] as const) {
      const options = completeOptions(q.adabin, { form })
      const variables = { center: Float32Array.of(0.5), distance: Float32Array.of(distance) }
      const frozen = q.adabin.freeze(options, { target: 'activation', variables, channels: 1 } as never)
      const values = [0.5, nextUp(0.5), nextDown(0.5), -3, 3]
      const context = { target: 'activation', progress: 1, training: false, seed: 1 } as const
      const trained = tf.tidy(() => {
        const tensors = { center: tf.tensor1d([0.5]), distance: tf.tensor1d([distance]) }
        return [...q.adabin.forward(tf.tensor1d(values), options, { ...context, variables: tensors }).dataSync()]
      })
      expect(values.map((x) => frozenValue(frozen, x, 0))).toEqual(trained)
    }
  }
})
