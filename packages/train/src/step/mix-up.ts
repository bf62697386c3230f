/**
 * Mix-up: every picture and target of a batch is blended with another one of the same batch. The share comes from a Beta(alpha,
 * alpha) distribution, one share per batch.
 *
 * Zhang, Cisse, Dauphin, Lopez-Paz: mixup: beyond empirical risk minimization (ICLR 2018), arXiv 1710.09412.
 */
import { Random } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'

/** Uses Jöhnk's rejection, which is fast for the alpha up to 1 that mix-up takes. */
export function betaShare(random: Random, alpha: number): number {
  for (;;) {
    const first = random.uniform() ** (1 / alpha)
    const second = random.uniform() ** (1 / alpha)
    const sum = first + second
    // For tiny alpha both powers vanish, and the distribution is a coin toss.
    if (sum === 0) return random.uniform() < 0.5 ? 0 : 1
    if (sum <= 1) return first / sum
  }
}

/** The blend of one batch. */
export interface Blend {
  /** The share that each picture keeps, 0 to 1. The rest comes from its partner. */
  readonly share: number
  /** `[count]`: the partner of each picture. */
  readonly partners: Uint32Array
}

/** @param seed Determines share and partners. */
export function drawBlend(count: number, alpha: number, seed: number): Blend {
  const random = new Random(seed)
  return { share: betaShare(random, alpha), partners: random.permutation(count) }
}

/** `share x + (1 - share) partner`. Call inside `tf.tidy`. */
export function blended(x: tf.Tensor, partner: tf.Tensor, share: number): tf.Tensor {
  return tf.add(tf.mul(x, share), tf.mul(partner, 1 - share))
}
