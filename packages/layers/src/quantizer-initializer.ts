/** The initializer of TensorFlow.js that a quantizer's variable declares. */
import { checkArguments, type QuantizerVariable, rules } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Initializer } from './options/weight-options.ts'

/** TensorFlow.js takes a 0 for a number that is left out, and puts 0.05 in its place; this one is as good as 0, and is not. */
const said = (value: number): number => (value === 0 ? Number.MIN_VALUE : value)

const { either, list, number, object } = rules
const initialRule = either(number(), object({ normal: number() }), object({ uniform: list(number(), { length: 2 }) }))

/**
 * The initializer that draws such values: one number, `{ uniform: [low, high] }`, or `{ normal: deviation }` around 0.
 * @param seed Of the trainer; without one, TensorFlow.js draws.
 */
export function initializerOf(initial: QuantizerVariable['initial'], seed?: number): Initializer {
  checkArguments('initializerOf()', { initial: [initial, initialRule], seed: [seed, rules.optional(rules.number())] })
  if (typeof initial === 'number') return tfl.initializers.constant({ value: initial })
  if ('normal' in initial) return tfl.initializers.randomNormal({ mean: 0, stddev: said(initial.normal), seed })
  const [low, high] = initial.uniform
  return tfl.initializers.randomUniform({ minval: said(low), maxval: said(high), seed })
}
