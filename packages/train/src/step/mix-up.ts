/**
 * Mix-up: every image and target of a batch is blended with another of the same batch, by a share from a Beta(alpha, alpha)
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

/**
 * @param images `[batch, height, width, channels]`
 * @param targets `[batch, classes]`
 * @param seed Decides share and partners.
 */
export function mixUp<T extends tf.Tensor>(
  images: T,
  targets: tf.Tensor,
  alpha: number,
  seed: number,
): { images: T; targets: tf.Tensor } {
  const random = new Random(seed)
  const share = betaShare(random, alpha)
  const partners = tf.tensor1d(Int32Array.from(random.permutation(images.shape[0])), 'int32')
  const blend = <U extends tf.Tensor>(x: U): U => tf.add(tf.mul(x, share), tf.mul(tf.gather(x, partners), 1 - share)) as U
  return { images: blend(images), targets: blend(targets) }
}
