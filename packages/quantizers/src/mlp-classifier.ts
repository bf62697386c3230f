/**
 * Binarizing by classification with a multilayer perceptron, which the whole network shares and trains. It gives the gradient of
 * the sign.
 *
 *   forward   s * sgn(V), V = W - mean W over each output channel, s = mean |V| there, held constant in the gradient
 *   gradient  of s * (f_1(V) + f_2(V)), f = tanh(V u) v applied to every weight separately, each f_k where |f_k| < 1; for V, u and v,
 *             and for W through the mean
 *
 * The perceptron has no biases and does not decide the bit, so the frozen model does not contain it. One threshold per filter
 * remains, at its mean. The slope of f_1 + f_2 keeps its initial sign. If it is negative, latent weights climb the loss, and
 * their gradient lowers the slope further. The released code initializes the weights like a linear layer of PyTorch, uniformly
 * within 1 / sqrt(inputs) around 0, which may give either sign (`initial: 'released'`). By default all units start rising, within
 * the same bounds.
 *
 * He, Zhang, Wu, Zhou: Binarizing by Classification: Is soft function really necessary? (IEEE TCSVT 2023), arXiv 2205.07433, in
 * the form of the authors' released code, where activations use `approx-sign`. Departures: the default initialization, and
 * sgn(0), which is +1 here and 0 there.
 */
import { defineQuantizer, type Quantizer } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { filterCentered, filterMean, freezeCentered } from './filter-statistics.ts'
import { sign } from './sign.ts'
import { stopGradient } from './stop-gradient.ts'
import { throughPerceptron } from './through-perceptron.ts'

export interface MlpClassifierOptions {
  /** Number of hidden units. @default 100 */
  hidden: number
  /** Initial perceptron: `rising`, or as in the released code, where it may be falling. @default 'rising' */
  initial: 'rising' | 'released'
}

/** Number of classes: -1 and +1. */
const OUTPUTS = 2

const magnitude = (centered: tf.Tensor): tf.Tensor1D => filterMean(tf.abs(centered))

export const mlpClassifier: Quantizer = defineQuantizer({
  name: 'mlp-classifier',
  package: '@onebit/quantizers',
  paper: { title: 'Binarizing by Classification', authors: 'He et al.', year: 2022, arxiv: '2205.07433' },
  for: ['weight'],
  latentClip: 'none',
  options: {
    hidden: { default: 100, min: 1, max: 4096, integer: true, description: 'hidden units' },
    initial: { default: 'rising', values: ['rising', 'released'], description: 'initial perceptron' },
  },
  variables: ({ hidden, initial }) => {
    const within = (edge: number) => ({ uniform: [initial === 'rising' ? 0 : -edge, edge] }) as const
    return {
      incoming: { shape: [1, hidden], initial: within(1), extent: 'network' },
      outgoing: { shape: [hidden, OUTPUTS], initial: within(1 / Math.sqrt(hidden)), extent: 'network' },
    }
  },
  forward: (weights) => {
    const centered = filterCentered(weights)
    return tf.mul(sign(centered), magnitude(centered))
  },
  surrogate: (weights, _, { variables: { incoming, outgoing } }) => {
    const centered = filterCentered(weights)
    return tf.mul(throughPerceptron(centered, incoming, outgoing), stopGradient(magnitude(centered)))
  },
  freeze: (_, { weights, channels }) => freezeCentered(weights!, channels, magnitude),
})

declare module '@onebit/core' {
  interface QuantizerNames {
    'mlp-classifier': MlpClassifierOptions
  }
}
