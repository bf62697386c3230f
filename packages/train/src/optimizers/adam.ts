/**
 * Adam: each step is the running mean of gradients, divided by the root of the running mean of their squares.
 *
 *   m <- b1 m + (1 - b1) g      v <- b2 v + (1 - b2) g^2      w <- w - rate (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon)
 *
 * where g is the gradient plus decay w. It runs as one fused kernel per weight if @onebit/tfjs-wasm-training is registered.
 *
 * Kingma, Ba: Adam: a method for stochastic optimization (ICLR 2015), arXiv 1412.6980.
 */
import type { OptionRules } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { Optimizer, type Update } from './optimizer.ts'
import { defineOptimizer, type OptimizerPlugin } from './optimizer-plugin.ts'

export interface AdamOptions {
  readonly beta1: number
  readonly beta2: number
  readonly epsilon: number
}

/** The options that Adam and AdamW share. */
export const ADAM_RULES = {
  beta1: { default: 0.9, min: 0, max: 1, exclusive: 'max', description: 'decay rate of the mean of gradients' },
  beta2: { default: 0.999, min: 0, max: 1, exclusive: 'max', description: 'decay rate of the mean of their squares' },
  epsilon: { default: 1e-7, min: 0, description: 'added to the root, against division by 0' },
} as const satisfies OptionRules

/** The kernel of @onebit/tfjs-wasm-training. It takes weights, gradient and both moments, and returns new weights and moments. */
const FUSED = 'AdamStep'

export class Adam extends Optimizer {
  readonly #beta1: number
  readonly #beta2: number
  readonly #epsilon: number
  protected readonly weightDecay: number

  constructor({ beta1, beta2, epsilon }: AdamOptions, weightDecay: number) {
    super()
    this.#beta1 = beta1
    this.#beta2 = beta2
    this.#epsilon = epsilon
    this.weightDecay = weightDecay
  }

  protected override update(update: Update, learningRate: number): void {
    const { variable, decays, gradient } = update
    const penalized = decays && this.weightDecay > 0 ? tf.add(gradient, tf.mul(variable, this.weightDecay)) : gradient
    this.adamStep(update, penalized, learningRate)
  }

  protected adamStep(update: Update, gradient: tf.Tensor, learningRate: number): void {
    const { variable } = update
    const first = this.slot(update, 'first')
    const second = this.slot(update, 'second')
    const correction1 = 1 - this.#beta1 ** this.steps
    const correction2 = 1 - this.#beta2 ** this.steps
    if (tf.getKernel(FUSED, tf.getBackend())) {
      const [weights, newFirst, newSecond] = tf
        .engine()
        .runKernel(
          FUSED,
          { weights: variable, gradient, first, second },
          { learningRate, beta1: this.#beta1, beta2: this.#beta2, epsilon: this.#epsilon, correction1, correction2 },
        ) as tf.Tensor[]
      first.assign(newFirst)
      second.assign(newSecond)
      variable.assign(weights)
      return
    }
    // In float32, beta and 1 - beta need not sum to 1, so that the mean of equal values could differ from that value.
    first.assign(tf.add(first, tf.mul(tf.sub(gradient, first), 1 - this.#beta1)))
    second.assign(tf.add(second, tf.mul(tf.sub(tf.square(gradient), second), 1 - this.#beta2)))
    const root = tf.add(tf.sqrt(tf.div(second, correction2)), this.#epsilon)
    variable.assign(tf.sub(variable, tf.mul(tf.div(tf.div(first, correction1), root), learningRate)))
  }
}

export const adam: OptimizerPlugin = defineOptimizer({
  name: 'adam',
  package: '@onebit/train',
  paper: { title: 'Adam: A Method for Stochastic Optimization', authors: 'Kingma, Ba', year: 2015, arxiv: '1412.6980' },
  options: ADAM_RULES,
  create: (options, { weightDecay }) => new Adam(options, weightDecay),
})
