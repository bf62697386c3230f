/**
 * Mix-up. With a share l drawn from Beta(alpha, alpha), once a batch, and each image's partner from a random order of the batch:
 *
 *   x' = l x + (1 - l) x_partner,   loss' = l loss(label) + (1 - l) loss(partner's label)
 *
 * Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", arXiv:1710.09412.
 */
import { OptionError } from '@onebit/core'
import type { Batch } from '../batches.ts'
import type { Random } from '../random.ts'
import { requireInteger } from '../require-option.ts'

export interface MixUpOptions {
  /** Of the beta distribution, above 0. The paper's networks for ImageNet: 0.2; for CIFAR: 1. */
  alpha: number
}

/** A batch of mixed images. */
export interface MixedBatch extends Batch {
  /** `[count]`, the classes of the images mixed in. */
  partnerLabels: Int32Array<ArrayBuffer>
  /** The weight of `labels`, 0 to 1; that of `partnerLabels` is the rest. */
  share: number
}

/** A new batch of mixed images; the given one stays as it is. Throws `OptionError` unless alpha is above 0. */
export function mixUp(batch: Batch, { alpha }: MixUpOptions, random: Random): MixedBatch {
  if (!(alpha > 0 && alpha < Number.POSITIVE_INFINITY)) {
    throw new OptionError({ what: 'The alpha of mix-up cannot be used.', expected: 'a number above 0', received: `${alpha}` })
  }
  const { images, labels, count } = batch
  const share = beta(alpha, random)
  const partners = random.permutation(count)
  const mixed = new Float32Array(images.length)
  const size = images.length / count
  for (let index = 0; index < count; index++) {
    const own = index * size
    const other = partners[index] * size
    for (let value = 0; value < size; value++)
      mixed[own + value] = share * images[own + value] + (1 - share) * images[other + value]
  }
  return { ...batch, images: mixed, partnerLabels: Int32Array.from(partners, (partner) => labels[partner]), share }
}

/**
 * The probability of each class that a batch asks for: `[count, classCount]` in row-major order; mixed or not.
 * Throws `OptionError` on a label that is not below `classCount`.
 */
export function softTargets(batch: Pick<Batch, 'labels' | 'count'> | MixedBatch, classCount: number): Float32Array<ArrayBuffer> {
  const targets = new Float32Array(batch.count * classCount)
  const add = (labels: Int32Array, weight: number): void => {
    for (let index = 0; index < batch.count; index++) {
      requireInteger('label', labels[index], 0, classCount - 1)
      targets[index * classCount + labels[index]] += weight
    }
  }
  if ('share' in batch) {
    add(batch.labels, batch.share)
    add(batch.partnerLabels, 1 - batch.share)
  } else {
    add(batch.labels, 1)
  }
  return targets
}

/** From Beta(alpha, alpha). Logarithms of gamma variates, because for a small alpha the variates themselves underflow. */
function beta(alpha: number, random: Random): number {
  const difference = logarithmOfGamma(alpha, random) - logarithmOfGamma(alpha, random)
  return 1 / (1 + Math.exp(difference))
}

/** The logarithm of a variate of Gamma(alpha, 1), by Marsaglia and Tsang (2000); below 1 with their U^(1/alpha). */
function logarithmOfGamma(alpha: number, random: Random): number {
  if (alpha < 1) return logarithmOfGamma(alpha + 1, random) + Math.log(1 - random.uniform()) / alpha
  const d = alpha - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const normal = Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())
    const v = (1 + c * normal) ** 3
    if (v > 0 && Math.log(1 - random.uniform()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return Math.log(d * v)
  }
}
