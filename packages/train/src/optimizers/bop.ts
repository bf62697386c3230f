/**
 * Bop, the binary optimizer. Binary weights have no latent weights; a step keeps or flips each of them.
 *
 *   m <- (1 - gamma) m + gamma g      flip w where |m| > threshold and sgn(m) = sgn(w)
 *
 * The weights of layers with a weight quantizer become -1 or +1 and stay binary. Another optimizer trains all other weights. The
 * quantizer has to pass gradients at -1 and +1: `ste-sign` does, `approx-sign` does not.
 *
 * Helwegen, Widdicombe, Geiger, Liu, Cheng, Nusselder: Latent weights do not exist (NeurIPS 2019), arXiv 1906.02107, algorithm 1;
 * the defaults are those of the authors' larq.
 */
import { OptionError } from '@onebit/core'
import * as tf from '@tensorflow/tfjs-core'
import { Optimizer, type OptimizerState, type Update } from './optimizer.ts'
import { defineOptimizer, type OptimizerPlugin, type OptimizerReference } from './optimizer-plugin.ts'

export interface BopOptions {
  /** Adaptation rate of the gradients' mean: a greater gamma follows new gradients faster. */
  readonly gamma: number
  /** A weight flips only if the absolute value of the mean exceeds this threshold. */
  readonly threshold: number
  /** If true, gamma follows the learning-rate schedule. */
  readonly scheduled: boolean
}

/** sgn(0) = +1. */
const signOf = (x: tf.Tensor): tf.Tensor => tf.sub(tf.mul(tf.cast(tf.greaterEqual(x, 0), 'float32'), 2), 1)

export class Bop extends Optimizer {
  readonly #options: BopOptions
  readonly #rest: Optimizer

  constructor(options: BopOptions, rest: Optimizer) {
    super()
    this.#options = options
    this.#rest = rest
  }

  override apply(updates: readonly Update[], learningRate: number, factor: number): void {
    super.apply(
      updates.filter(({ binary }) => binary),
      learningRate,
      factor,
    )
    this.#rest.apply(
      updates.filter(({ binary }) => !binary),
      learningRate,
      factor,
    )
  }

  protected override update(update: Update, _: number, factor: number): void {
    const { variable, gradient } = update
    const { threshold, scheduled } = this.#options
    const gamma = this.#options.gamma * (scheduled ? factor : 1)
    const momentum = this.slot(update, 'momentum')
    momentum.assign(tf.add(tf.mul(momentum, 1 - gamma), tf.mul(gradient, gamma)))
    // Latent weights from the stage before count by their signs.
    const weights = signOf(variable)
    const flips = tf.logicalAnd(tf.greater(tf.abs(momentum), threshold), tf.equal(tf.sign(momentum), weights))
    variable.assign(tf.where(flips, tf.neg(weights), weights))
  }

  override async state(): Promise<OptimizerState> {
    const [{ steps, slots }, rest] = await Promise.all([super.state(), this.#rest.state()])
    return { steps, slots: new Map([...slots, ...rest.slots]) }
  }

  override restore({ steps, slots }: OptimizerState): void {
    const own = ([key]: [string, unknown]): boolean => key.endsWith(':momentum')
    super.restore({ steps, slots: new Map([...slots].filter(own)) })
    this.#rest.restore({ steps, slots: new Map([...slots].filter((entry) => !own(entry))) })
  }

  override dispose(): void {
    super.dispose()
    this.#rest?.dispose()
  }
}

export const bop: OptimizerPlugin = defineOptimizer({
  name: 'bop',
  package: '@onebit/train',
  paper: { title: 'Latent Weights Do Not Exist', authors: 'Helwegen et al.', year: 2019, arxiv: '1906.02107' },
  options: {
    gamma: { default: 1e-4, min: 0, max: 1, exclusive: 'max', description: 'adaptation rate of the mean of gradients' },
    threshold: { default: 1e-8, min: 0, description: 'a weight flips only if the absolute mean exceeds it' },
    scheduled: { default: false, description: 'gamma follows the learning-rate schedule' },
    rest: { type: 'reference', kind: 'optimizer', default: 'adam', description: 'trains all weights that are not binary' },
  },
  binaryWeights: 'signs',
  create: ({ rest, ...options }, { create }) => {
    const other = create(rest as OptimizerReference)
    if (!(other instanceof Bop)) return new Bop(options, other)
    other.dispose()
    throw new OptionError({ option: 'rest', what: 'Bop cannot be the rest of Bop.', expected: 'sgd, adam or adamw' })
  },
})
