/**
 * Libra parameter binarization: balanced, standardized weights with a power of two as scale, so that scaling is a shift.
 *
 *   forward   2^s * sgn(V), V = (W - mean W) / std W over each output channel, s = round(log2(mean |V|))
 *   gradient  of 2^s e(V), s held constant: `ede` e(V) = k tanh(t V), k = max(1 / t, 1), t from `start` to `end` exponentially;
 *             `ste` e(V) = clip(V, -1, 1). It flows through the mean and the deviation.
 *
 * Qin, Gong, Liu, Shen, Wei, Yu, Song: Forward and Backward Information Retention (IR-Net, CVPR 2020), arXiv 1909.10788,
 * sections 3.2 and 3.3.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { errorDecay } from './ede-sign.ts'
import { softSign } from './estimator.ts'
import { filterCentered, filterDeviation, filterMean, freezeCentered } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'
import { scheduled } from './training-schedule.ts'

export interface LibraOptions {
  /** Stand-in for the sign. Its derivative is the gradient. @default 'ede' */
  estimator: 'ede' | 'ste'
  /** Sharpness of `ede` at the beginning of training. @default 0.1 */
  start: number
  /** Sharpness of `ede` at the end of training. @default 10 */
  end: number
}

/** The scale of a filter of equal weights, because 0 has no logarithm. */
const SMALLEST = 2 ** -40

const standardized = (centered: tf.Tensor): tf.Tensor => tf.div(centered, filterDeviation(centered))

function powerOfTwo(centered: tf.Tensor): tf.Tensor {
  const magnitude = tf.maximum(filterMean(tf.abs(standardized(centered))), SMALLEST)
  return tf.pow(2, tf.round(tf.div(tf.log(magnitude), Math.LN2)))
}

export const libra: Quantizer = defineQuantizer({
  name: 'libra',
  package: '@onebit/quantizers',
  paper: { title: 'IR-Net', authors: 'Qin et al.', year: 2020, arxiv: '1909.10788' },
  for: ['weight'],
  latentClip: 'none',
  options: {
    estimator: { default: 'ede', values: ['ede', 'ste'], description: 'stand-in for the sign; its derivative is the gradient' },
    start: { default: 0.1, min: 1e-6, max: 1e6, description: 'sharpness of ede at the beginning of training' },
    end: { default: 10, min: 1e-6, max: 1e6, description: 'sharpness of ede at the end of training' },
  },
  forward: (weights) => {
    const centered = filterCentered(weights)
    return tf.mul(sign(centered), powerOfTwo(centered))
  },
  surrogate: (weights, { estimator, start, end }, { progress }) => {
    const centered = filterCentered(weights)
    const balanced = standardized(centered)
    const soft = estimator === 'ste' ? softSign(balanced, 'ste') : errorDecay(balanced, scheduled(progress, start, end))
    return tf.mul(soft, stopGradient(powerOfTwo(centered)))
  },
  freeze: (_, { weights, channels }) => freezeCentered(weights!, channels, powerOfTwo),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    libra: LibraOptions
  }
}
