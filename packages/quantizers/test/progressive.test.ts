import { completeOptions } from '@onebit/core'
import { testQuantizer } from '@onebit/testkit'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import * as q from '../src/index.ts'
import { BACKENDS as backends } from './backends.ts'
import { bell, geometric } from './closed-forms.ts'

testQuantizer(q.progressiveSign, {
  test,
  backends,
  derivative: (x, { options, progress }) => {
    const l = options.curve === 'linear' ? 1 + 65535 * progress : geometric(progress, 1, 65536)
    if (options.form === 'softsign') return l / (1 + Math.abs(l * x)) ** 2
    if (options.form === 'tanh') return l * bell(l * x)
    const s = 1 / (1 + Math.exp(-l * x))
    return 2 * l * s * (1 - s)
  },
})
testQuantizer(q.temperatureSign, { test, backends, derivative: () => 1 })

test('temperature-sign cools by a tenth per epoch and is exact from the 153rd of 512 on', () => {
  const options = completeOptions(q.temperatureSign)
  const at = (epoch: number): number => {
    const context = { target: 'weight', variables: {}, progress: (epoch + 0.5) / 512, training: true, seed: 1 } as const
    return tf.tidy(() => q.temperatureSign.forward(tf.tensor1d([2 ** -24]), options, context).dataSync()[0])
  }
  expect(at(0)).toBe(2 ** -24)
  expect(at(1)).toBeCloseTo(2 ** -24 / 0.9, 12)
  expect(at(150)).toBeCloseTo(2 ** -24 / 0.9 ** 150, 5)
  expect(at(150)).toBeLessThan(0.5)
  expect(at(152)).toBeLessThan(0.6)
  expect(at(153)).toBe(1)
  expect(at(511)).toBe(1)
})
