/**
 * Stochastic gradient descent with momentum.
 *
 *   v <- momentum v + (g + decay w)      w <- w - rate v
 *
 * Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning (ICML 2013). Weight decay
 * is an L2 penalty.
 */
import * as tf from '@tensorflow/tfjs-core'
import { Optimizer, type Update } from './optimizer.ts'
import { defineOptimizer, type OptimizerPlugin } from './optimizer-plugin.ts'

export interface SgdOptions {
  /** From 0 to below 1. */
  readonly momentum: number
}

export class Sgd extends Optimizer {
  readonly #momentum: number
  readonly #weightDecay: number

  constructor({ momentum }: SgdOptions, weightDecay: number) {
    super()
    this.#momentum = momentum
    this.#weightDecay = weightDecay
  }

  protected override update(update: Update, learningRate: number): void {
    const { variable, decays } = update
    let { gradient } = update
    if (decays && this.#weightDecay > 0) gradient = tf.add(gradient, tf.mul(variable, this.#weightDecay))
    if (this.#momentum > 0) {
      const velocity = this.slot(update, 'velocity')
      velocity.assign(tf.add(tf.mul(velocity, this.#momentum), gradient))
      gradient = velocity
    }
    variable.assign(tf.sub(variable, tf.mul(gradient, learningRate)))
  }
}

export const sgd: OptimizerPlugin = defineOptimizer({
  name: 'sgd',
  package: '@onebit/train',
  options: {
    momentum: {
      default: 0.9,
      min: 0,
      max: 1,
      exclusive: 'max',
      description: 'share of the last step that is added to the next one',
    },
  },
  create: (options, { weightDecay }) => new Sgd(options, weightDecay),
})
