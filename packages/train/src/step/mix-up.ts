/**
 * Mix-up: every picture and target of a batch is blended with another of the same batch, by a share from a Beta(alpha, alpha)
 * distribution, one share for the batch.
 *
 * Zhang, Cisse, Dauphin, Lopez-Paz: mixup: beyond empirical risk minimization (ICLR 2018), arXiv 1710.09412.
 */
import { Random } from '@onebit/data'
import * as tf from '@tensorflow/tfjs-core'

/** By Jöhnk's rejection, which is quick for the alpha up to 1 that mix-up takes. */
export function betaShare(random: Random, alpha: number): number {
  for (;;) {
    const first = random.uniform() ** (1 / alpha)
    const second = random.uniform() ** (1 / alpha)
    const sum = first + second
    // Both powers vanish for tiny alpha, where the distribution is a coin.
    if (sum === 0) return random.uniform() < 0.5 ? 0 : 1
    if (sum <= 1) return first / sum
  }
}

/** How the pictures of one batch are blended. */
export interface Blend {
  /** What each picture keeps of itself, 0 to 1; its partner makes up the rest. */
  readonly share: number
  /** `[count]`, the partner of each picture. */
  readonly partners: Uint32Array
}

/** @param seed Decides share and partners. */
export function drawBlend(count: number, alpha: number, seed: number): Blend {
  const random = new Random(seed)
  return { share: betaShare(random, alpha), partners: random.permutation(count) }
}

/** `share x + (1 - share) partner`. Call inside `tf.tidy`. */
export function blended(x: tf.Tensor, partner: tf.Tensor, share: number): tf.Tensor {
  return tf.add(tf.mul(x, share), tf.mul(partner, 1 - share))
}
