/** Creates the TensorFlow.js initializer that a quantizer's variable declares. */
import { checkArguments, type QuantizerVariable, rules } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Initializer } from './options/weight-options.ts'

/** TensorFlow.js treats a 0 as a missing number and uses 0.05 instead. The smallest number above 0 has the same effect as 0. */
const said = (value: number): number => (value === 0 ? Number.MIN_VALUE : value)

const { either, list, number, object } = rules
const initialRule = either(number(), object({ normal: number() }), object({ uniform: list(number(), { length: 2 }) }))

/**
 * The initializer for such values: one number, `{ uniform: [low, high] }`, or `{ normal: deviation }` around 0.
 * @param seed A seed from the trainer. Without one, TensorFlow.js chooses one.
 */
export function initializerOf(initial: QuantizerVariable['initial'], seed?: number): Initializer {
  checkArguments('initializerOf()', { initial: [initial, initialRule], seed: [seed, rules.optional(rules.number())] })
  if (typeof initial === 'number') return tfl.initializers.constant({ value: initial })
  if ('normal' in initial) return tfl.initializers.randomNormal({ mean: 0, stddev: said(initial.normal), seed })
  const [low, high] = initial.uniform
  return tfl.initializers.randomUniform({ minval: said(low), maxval: said(high), seed })
}
