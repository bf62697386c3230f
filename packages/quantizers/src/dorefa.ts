/**
 * k bits for activations: 2^k levels from 0 to 1, evenly spaced. One bit gives {0, 1} with the step at one half.
 *
 *   forward   round(n clip(x, 0, 1)) / n, n = 2^k - 1, halves to the even neighbor
 *   gradient  1 where 0 <= x <= 1, else 0
 *
 * Zhou, Wu, Ni, Zhou, Wen, Zou: DoReFa-Net (2016), arXiv 1606.06160, equations 5 and 6. Frozen, it is n steps of 1 / n that are
 * added, so that a layer runs as n binary convolutions.
 */
import { defineQuantizer, type FrozenQuantizer, float32AtOrdinal, float32Ordinal, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'

export interface DorefaOptions {
  /** Bits, k. @default 2 */
  bits: number
}

function halvesToEven(x: number): number {
  const below = Math.floor(x)
  if (x - below !== 0.5) return Math.round(x)
  return below % 2 === 0 ? below : below + 1
}

/** The smallest float32 value that rounds to at least `step`: bisection over float32, on the forward formula itself. */
function firstAt(step: number, steps: number): number {
  let low = 0
  let high = float32Ordinal(1)
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (halvesToEven(Math.fround(float32AtOrdinal(middle) * steps)) >= step) high = middle
    else low = middle + 1
  }
  return float32AtOrdinal(low)
}

export const dorefa: Quantizer = defineQuantizer({
  name: 'dorefa',
  package: '@onebit/quantizers',
  paper: { title: 'DoReFa-Net', authors: 'Zhou et al.', year: 2016, arxiv: '1606.06160' },
  for: ['activation'],
  levels: 'own',
  thresholds: 'several',
  options: { bits: { default: 2, min: 1, max: 8, integer: true, description: 'bits, k' } },
  forward: (x, { bits }) => {
    const steps = 2 ** bits - 1
    return tf.div(tf.round(tf.mul(tf.clipByValue(x, 0, 1), steps)), steps)
  },
  gradient: (x) => tf.logicalAnd(tf.greaterEqual(x, 0), tf.lessEqual(x, 1)),
  freeze: ({ bits }) => {
    const steps = 2 ** bits - 1
    const [first, ...plus] = Array.from({ length: steps }, (_, index): FrozenQuantizer => {
      return { thresholds: [[firstAt(index + 1, steps)]], first: [-1], low: [0], high: [1 / steps] }
    })
    return { ...first, plus }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    dorefa: DorefaOptions
  }
}
