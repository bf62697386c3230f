/**
 * Two levels at the best positions: a center and a distance. They come from the statistics of weights, and are learned for
 * activations.
 *
 *   forward   a * sgn((x - b) / a) + b. Weights: b = mean W, a = std W over each output channel. Activations: a and b are learned, one
 *             pair per layer; `code` multiplies the center too, a * (sgn((x - b) / a) + b), like the authors' released code
 *   gradient  of the formula above. For weights, the sign of z = (x - b) / a has the derivative k t (1 - tanh(t z)^2) with k = 10 and
 *             t = 0.1 (IR-Net's estimator, arXiv 1909.10788, constant over training). For activations it is 2 - 2|z| where |z| <= 1.
 *
 * Tu, Chen, Ren, Wang: AdaBin (ECCV 2022), arXiv 2208.08084, sections 3.2 and 3.3. The derivatives are those of the authors'
 * released code. Latent weights are not clipped, because their scale does not matter.
 */
import { defineQuantizer, nextUp, type Quantizer, type QuantizerTarget } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { errorDecay } from './ede-sign.ts'
import { softSign } from './estimator.ts'
import { filterDeviation, filterMean, statisticsOf } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'

export interface AdabinOptions {
  /** `code` also multiplies the center of activations by the distance. @default 'paper' */
  form: 'paper' | 'code'
}

/** t of the estimator for weights; k is 1 / t. */
const SHARPNESS = 0.1

interface Fit {
  readonly center: tf.Tensor
  readonly distance: tf.Tensor
}

function fitOf(x: tf.Tensor, target: QuantizerTarget, variables: Readonly<Record<string, tf.Tensor>>): Fit {
  if (target === 'activation') return { center: variables.center, distance: variables.distance }
  const center = filterMean(x)
  return { center, distance: filterDeviation(tf.sub(x, center)) }
}

/** a * bits + b, or a * (bits + b). */
function compose(bits: tf.Tensor, { center, distance }: Fit, multiplied: boolean): tf.Tensor {
  return tf.add(tf.mul(bits, distance), multiplied ? tf.mul(center, distance) : center)
}

export const adabin: Quantizer = defineQuantizer({
  name: 'adabin',
  package: '@onebit/quantizers',
  paper: { title: 'AdaBin', authors: 'Tu et al.', year: 2022, arxiv: '2208.08084' },
  for: ['activation', 'weight'],
  levels: 'own',
  latentClip: 'none',
  options: {
    form: { default: 'paper', values: ['paper', 'code'], description: 'code multiplies the center by the distance' },
  },
  variables: (_, { target }): Record<string, { shape: number[]; initial: number }> =>
    target === 'weight' ? {} : { center: { shape: [1], initial: 0 }, distance: { shape: [1], initial: 1 } },
  forward: (x, { form }, { target, variables }) => {
    const fit = fitOf(x, target, variables)
    // The sign of the quotient, computed without its underflow to 0.
    const bits = sign(tf.mul(tf.sub(x, fit.center), sign(fit.distance)))
    return compose(bits, fit, target === 'activation' && form === 'code')
  },
  surrogate: (x, { form }, { target, variables }) => {
    const fit = fitOf(x, target, variables)
    const z = tf.div(tf.sub(x, fit.center), fit.distance)
    const learned = compose(stopGradient(sign(z)), fit, target === 'activation' && form === 'code')
    const soft = target === 'weight' ? errorDecay(z, SHARPNESS) : softSign(z, 'approx')
    return tf.add(learned, tf.mul(soft, stopGradient(fit.distance)))
  },
  freeze: ({ form }, { target, variables, weights, channels }) => {
    if (target === 'weight') {
      const [means, distances] = statisticsOf(weights!, channels, (kernel) => {
        const { center, distance } = fitOf(kernel, 'weight', {})
        return [center, distance]
      })
      const levels = (side: number): number[] => means.map((mean, channel) => mean + side * distances[channel])
      return { thresholds: means.map((mean) => [mean]), first: [-1], low: levels(-1), high: levels(1) }
    }
    const [center] = variables.center
    const [distance] = variables.distance
    const middle = form === 'code' ? center * distance : center
    // A negative distance flips the comparison: its bit is +1 up to and including the center.
    const flipped = distance < 0
    return {
      thresholds: [[flipped ? nextUp(center) : center]],
      first: [flipped ? 1 : -1],
      low: [middle - distance],
      high: [middle + distance],
    }
  },
})

declare module '@onebit/core' {
  interface QuantizerNames {
    adabin: AdabinOptions
  }
}
