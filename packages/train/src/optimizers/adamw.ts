/**
 * AdamW: Adam whose weight decay shrinks the weights directly, instead of passing through the moments.
 *
 *   w <- w - rate decay w, then Adam's step with the plain gradient
 *
 * Loshchilov, Hutter: Decoupled weight decay regularization (ICLR 2019), arXiv 1711.05101.
 */
import * as tf from '@tensorflow/tfjs-core'
import { ADAM_RULES, Adam } from './adam.ts'
import type { Update } from './optimizer.ts'
import { defineOptimizer, type OptimizerPlugin } from './optimizer-plugin.ts'

export class AdamW extends Adam {
  protected override update(update: Update, learningRate: number): void {
    const { variable, decays, gradient } = update
    if (decays && this.weightDecay > 0) variable.assign(tf.mul(variable, 1 - learningRate * this.weightDecay))
    this.adamStep(update, gradient, learningRate)
  }
}

export const adamw: OptimizerPlugin = defineOptimizer({
  name: 'adamw',
  package: '@onebit/train',
  paper: { title: 'Decoupled Weight Decay Regularization', authors: 'Loshchilov, Hutter', year: 2019, arxiv: '1711.05101' },
  options: ADAM_RULES,
  create: (options, { weightDecay }) => new AdamW(options, weightDecay),
})
