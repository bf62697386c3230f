/** Creates the TensorFlow.js initializer that a quantizer's variable declares. */
import type { QuantizerVariable } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { Initializer } from './options/weight-options.ts'

/** @param seed A seed from the trainer. Without one, TensorFlow.js chooses one. */
export function initializerOf(initial: QuantizerVariable['initial'], seed?: number): Initializer {
  if (typeof initial === 'number') return tfl.initializers.constant({ value: initial })
  if ('normal' in initial) return tfl.initializers.randomNormal({ mean: 0, stddev: initial.normal, seed })
  return tfl.initializers.randomUniform({ minval: initial.uniform[0], maxval: initial.uniform[1], seed })
}
