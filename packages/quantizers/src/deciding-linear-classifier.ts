/**
 * A linear classifier decides the bit.
 *
 *   forward   sgn(w x + b), with sgn(0) = +1
 *   gradient  of clip(w x + b, -1, 1): dx = g w, dw = sum of g x, db = sum of g, each where |w x + b| <= 1
 *
 * This is our variant of He, Zhang, Wu, Zhou: Binarizing by Classification (2022), arXiv 2205.07433. The paper classifies only
 * weights, without a bias, with one classifier for the network (`linear-classifier`). Here one w and b per layer or per channel
 * decide the bit. The gradient is the straight-through estimator's. Training starts from w = 1 and b = 0.
 */
import { type BinarizerClassifier, defineBinarizerClassifier } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { sign } from './sign.ts'
import { signIntervals } from './sign-intervals.ts'

export interface DecidingLinearClassifierOptions {
  /** The scope of one classifier. @default 'per-channel' */
  sharing: 'per-channel' | 'per-layer'
}

const decide = (x: tf.Tensor, { slope, bias }: Readonly<Record<string, tf.Tensor>>): tf.Tensor => tf.add(tf.mul(x, slope), bias)

export const decidingLinearClassifier: BinarizerClassifier = defineBinarizerClassifier({
  name: 'deciding-linear-classifier',
  package: '@onebit/quantizers',
  for: ['activation', 'weight'],
  options: {
    sharing: { default: 'per-channel', values: ['per-channel', 'per-layer'], description: 'scope of one classifier' },
  },
  variables: ({ sharing }, { channels }) => {
    const shape = [sharing === 'per-channel' ? channels : 1]
    return { slope: { shape, initial: 1 }, bias: { shape, initial: 0 } }
  },
  decision: (x, _, { variables }) => decide(x, variables),
  forward: (x, _, { variables }) => sign(decide(x, variables)),
  surrogate: (x, _, { variables }) => tf.clipByValue(decide(x, variables), -1, 1),
  freeze: (_, { variables: { slope, bias } }) => {
    const intervals = Array.from(slope, (w, channel) => {
      const score = (x: number): number => Math.fround(Math.fround(w * x) + bias[channel])
      // Monotone in x, even with rounding, so the scores at the ends of an interval bound the scores inside.
      return signIntervals((low, high) => (w >= 0 ? [score(low), score(high)] : [score(high), score(low)]))
    })
    return { thresholds: intervals.map(({ thresholds }) => thresholds), first: intervals.map(({ first }) => first) }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'deciding-linear-classifier': DecidingLinearClassifierOptions
  }
}
