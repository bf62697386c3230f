/** The initializer of TensorFlow.js that a quantizer's variable declares. */
import type { QuantizerVariable } from '@onebit/core'
import * as tfl from '@tensorflow/tfjs-layers'

export function initializerOf(initial: QuantizerVariable['initial']): ReturnType<typeof tfl.initializers.constant> {
  if (typeof initial === 'number') return tfl.initializers.constant({ value: initial })
  if ('uniform' in initial) return tfl.initializers.randomUniform({ minval: initial.uniform[0], maxval: initial.uniform[1] })
  return tfl.initializers.randomNormal({ mean: 0, stddev: initial.normal })
}
