/**
 * Stochastic gradient descent with momentum.
 *
 *   d = g + decay w      v <- momentum v + d      w <- w - rate v
 *   with Nesterov's:                              w <- w - rate (d + momentum v)
 *
 * Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning (ICML 2013), in the form of
 * PyTorch. Weight decay is an L2 penalty.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { Optimizer, type Update } from './optimizer.ts'
import { defineOptimizer, type OptimizerPlugin } from './optimizer-plugin.ts'

export interface SgdOptions {
  /** From 0 to below 1. */
  readonly momentum: number
  /** True if the step looks ahead along the momentum, which must then be above 0. */
  readonly nesterov: boolean
}

export class Sgd extends Optimizer {
  readonly #momentum: number
  readonly #nesterov: boolean
  readonly #weightDecay: number

  /** @throws OptionError on `nesterov` without momentum. */
  constructor({ momentum, nesterov }: SgdOptions, weightDecay: number) {
    super()
    if (nesterov && momentum === 0) {
      const what = "Nesterov's momentum of 0 is none."
      throw new OptionError({ option: 'nesterov', what, expected: 'a momentum above 0', fix: "Leave out 'nesterov'." })
    }
    this.#momentum = momentum
    this.#nesterov = nesterov
    this.#weightDecay = weightDecay
  }

  protected override update(update: Update, learningRate: number): void {
    const { variable, decays } = update
    let { gradient } = update
    if (decays && this.#weightDecay > 0) gradient = tf.add(gradient, tf.mul(variable, this.#weightDecay))
    if (this.#momentum > 0) {
      const velocity = this.slot(update, 'velocity')
      velocity.assign(tf.add(tf.mul(velocity, this.#momentum), gradient))
      gradient = this.#nesterov ? tf.add(gradient, tf.mul(velocity, this.#momentum)) : velocity
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
    nesterov: { default: false, description: 'look ahead along the momentum' },
  },
  create: (options, { weightDecay }) => new Sgd(options, weightDecay),
})
