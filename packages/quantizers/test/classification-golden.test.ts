/** Compares both classifiers of Binarizing by Classification with its released code in float64: `golden/classification.json`. */
import { readFileSync } from 'node:fs'
import '@tensorflow/tfjs-backend-cpu'
import { completeOptions } from '@onebit/core'
import { quantize } from '@onebit/layers'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import quantizers from '../src/index.ts'

interface Entry {
  readonly quantizer: string
  readonly variables: Readonly<Record<string, number[]>>
  readonly expected: Readonly<Record<string, number[]>> & { readonly forward: number[]; readonly weight: number[] }
}

interface Golden {
  readonly shape: number[]
  readonly weight: number[]
  readonly upstream: number[]
  readonly entries: readonly Entry[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('../golden/classification.json', import.meta.url), 'utf8'))

/** The largest difference, relative to the largest expected value. */
function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs))
  return Math.max(...expected.map((value, index) => Math.abs(value - actual[index]))) / largest
}

test.each(golden.entries.map((entry, index) => [`${entry.quantizer} ${index}`, entry] as const))('%s', (_, entry) => {
  const plugin = quantizers.find(({ name }) => name === entry.quantizer)!
  const options = completeOptions(plugin)
  const names = Object.keys(entry.variables)
  const declared = plugin.variables!(options, { target: 'weight', channels: golden.shape.at(-1)! })
  const learned = names.map((name) => tf.tensor(entry.variables[name], [...declared[name].shape]))
  const run = (weight: tf.Tensor, ...variables: tf.Tensor[]): tf.Tensor => {
    const byName = Object.fromEntries(names.map((name, index) => [name, variables[index]]))
    return quantize(weight, { plugin, options }, { target: 'weight', variables: byName, progress: 0, training: true, seed: 1 })
  }
  const inputs = [tf.tensor(golden.weight, golden.shape), ...learned]
  const { forward, weight, ...ofVariables } = entry.expected
  expect(difference(run(...(inputs as [tf.Tensor])).dataSync(), forward)).toBeLessThan(1e-6)
  const [ofWeight, ...others] = tf.grads(run)(inputs, tf.tensor(golden.upstream, golden.shape))
  expect(difference(ofWeight.dataSync(), weight)).toBeLessThan(1e-6)
  for (const [index, name] of names.entries()) {
    expect(difference(others[index].dataSync(), ofVariables[name]), name).toBeLessThan(1e-6)
  }
})

test('some scores are outside the interval that lets gradients through', () => {
  expect((golden.entries[0].expected as unknown as { closed: number }).closed).toBeGreaterThan(10)
})
